"""Forms of Dutch verbs brought back to their infinitive, so that "voert in", "ingevoerd" and "invoering" meet."""

from __future__ import annotations

from functools import cache, lru_cache

from bot.reversals.data_files import read_json

PARTICLES = (
    "vooruit", "achteruit", "tegemoet", "tekort", "omhoog", "omlaag", "voort", "tegen", "terug", "samen", "achter",
    "binnen", "boven", "buiten", "onder", "dicht", "klaar", "stop", "stil", "door", "neer", "open", "over", "voor",
    "vast", "vrij", "weer", "aan", "bij", "los", "mee", "mis", "toe", "uit", "weg", "af", "in", "na", "om", "op",
)  # fmt: skip
_UNSTRESSED_ENDS = ("el", "er", "em", "en", "ig")
_UNSTRESSED = ("ver", "be", "ont", "her", "ge")


@lru_cache(maxsize=100_000)
def infinitive(word: str) -> str | None:
    """The infinitive of a verb form.

    Args:
        word: A lower-case word, particle joined ("ingevoerd", "uitsluit") or without one ("sluit").

    Returns:
        The infinitive, or None where no known verb has such a form. Nouns that look like a form of a verb
        ("prijs") come back as that verb, which does no harm where two texts are compared.
    """
    if len(word) < 3 or word in _not_verbs():
        return None
    simple = _simple(word)
    if simple:
        return simple
    for particle in PARTICLES:
        if word.startswith(particle) and len(word) >= len(particle) + 3:
            base = _simple(word[len(particle) :], particle)
            if base:
                return particle + base
    return None


@lru_cache(maxsize=100_000)
def separable_infinitive(word: str, particle: str) -> str | None:
    """The infinitive of a verb whose particle stands apart from it ("schaffen … af").

    Args:
        word: The verb form in lower case.
        particle: The particle.

    Returns:
        The infinitive with the particle, or None where there is no such verb.
    """
    base = None if len(word) < 3 or word in _not_verbs() else _simple(word, particle)
    if base and particle + base in _infinitives():
        return particle + base
    return particle + word if particle + word in _infinitives() else None


def is_verb(word: str) -> bool:
    """Whether a word is a known infinitive."""
    return word in _infinitives()


def _simple(word: str, particle: str = "") -> str | None:
    irregular = _irregular().get(word)
    if irregular:
        return irregular
    if word in _infinitives():
        return word
    for base in _stripped(word):
        if base in _infinitives() and base.endswith("en"):
            return base
        for candidate in _spellings(base):
            if candidate in _infinitives() or (particle and particle + candidate in _infinitives()):
                return candidate
    for prefix in _UNSTRESSED:
        rest = word.removeprefix(prefix)
        if rest != word and len(rest) > 3:
            strong = _irregular().get(rest) or _irregular().get("ge" + rest)
            if strong and prefix + strong in _infinitives():
                return prefix + strong
    return None


def _stripped(word: str) -> list[str]:
    """The word without the endings and the ge- that a weak verb may have, longest rest first."""
    bodies = [word, word[2:]] if word.startswith("ge") and len(word) > 5 else [word]
    found = []
    for body in bodies:
        found.append(body)
        for ending in ("t", "d", "te", "de", "ten", "den"):
            if body.endswith(ending) and len(body) - len(ending) >= 3:
                found.append(body[: -len(ending)])
    return found


def _spellings(base: str) -> list[str]:
    """The infinitives that a first person form may belong to: "maak" maken, "zeg" zeggen, "leef" leven."""
    last = base[-1]
    bodies = [base]
    if len(base) >= 3 and base[-2] == base[-3] and base[-2] in "aeou":
        bodies = [base[:-2] + last]
    elif _is_short_syllable(base):
        bodies = [base + last, base] if base.endswith(_UNSTRESSED_ENDS) and len(base) > 3 else [base + last]
    if last in "fs":
        bodies += [body[:-1] + ("v" if last == "f" else "z") for body in bodies]
    return [body + "en" for body in bodies]


def _is_short_syllable(base: str) -> bool:
    vowels = "aeiouy"
    return len(base) > 1 and base[-1] not in vowels and base[-2] in vowels and (len(base) < 3 or base[-3] not in vowels)


@cache
def _infinitives() -> frozenset[str]:
    return frozenset(read_json("verbs.json")["infinitives"].split())


@cache
def _irregular() -> dict[str, str]:
    return dict(read_json("verbs.json")["irregular"])


@cache
def _not_verbs() -> frozenset[str]:
    return frozenset(read_json("verbs.json")["not_verbs"].split())
