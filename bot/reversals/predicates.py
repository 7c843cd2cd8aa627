"""The predicate of a clause: its finite verb, what that governs, and the words that complete it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.reversals.text import Token, is_content, is_vague

AUXILIARIES = frozenset(
    ["is", "zijn", "was", "waren", "heeft", "hebben", "heb", "had", "kan", "kunnen", "mag", "mogen", "moet", "moeten",
     "wil", "willen", "zal", "zullen", "zou", "zouden", "wordt", "worden", "gaat", "gaan", "ben", "bent"]
)  # fmt: skip
PREPOSITIONS = frozenset(
    ["in", "op", "voor", "van", "aan", "met", "bij", "naar", "over", "tegen", "onder", "uit", "tot", "door", "rond",
     "zonder", "naast", "tussen", "langs", "achter", "boven", "buiten", "binnen", "tijdens", "wegens", "vanwege"]
)  # fmt: skip
_DETERMINERS = frozenset(
    ["de", "een", "geen", "deze", "die", "mijn", "hun", "uw", "onze", "alle", "elke", "elk", "veel"]
)
_OPENS_PHRASE = PREPOSITIONS | {"als"}
_OBJECTS = frozenset(["mij", "me", "ons", "hem", "haar", "hen", "u", "jou", "jullie"])
_FINITE = AUXILIARIES | {"ga", "word", "werd", "werden", "blijft", "blijven", "blijf"}
_GOVERNED = frozenset(["zijn", "worden", "hebben", "gaan", "kunnen", "mogen", "moeten", "willen"])
_PRONOUNS_IN_E = frozenset(["we", "ze", "me", "je", "jullie", "toe"])
_SUBORDINATORS = frozenset(["dat", "omdat", "die", "wat", "of", "als", "zodat", "terwijl", "hoewel", "doordat"])
_TAKES_TE = frozenset(["vallen", "komen", "staan", "zitten", "liggen", "hoeven", "durven", "blijken", "lijken"])
_LONGEST_PHRASE = 3


def predicate(
    words: Sequence[Token],
    verbs: Sequence[str | None],
    particles: Mapping[int, int],
    segment: Sequence[int],
    counted: frozenset[int],
) -> tuple[int, ...]:
    """Find the words that say what a clause says of its topic.

    Args:
        words: The tokens of the text.
        verbs: Per token the infinitive, None where it is no verb.
        particles: For a particle apart from its verb, the index of that verb.
        segment: The indices of the clause's tokens that belong to no date.
        counted: The indices of tokens that make quantities.

    Returns:
        Indices of the finite verb, the verb it governs and its particle; with a copula or "gaan" alone, the adjective
        or noun that completes it ("is … *klaar*", "gaat *naar 9 procent*"). Nothing for a clause without a verb.
    """
    helpers = [at for at in segment if words[at].lower in _FINITE and not _is_possessive(words, at)]
    finite = helpers[:1]
    lexical = [at for at in segment if _is_lexical(words, verbs, particles, at)]
    if lexical:
        chosen = lexical[-1:] if finite else lexical[:1]
        if not finite and lexical[-1] == _last_word(words, segment) and words[lexical[-1]].lower.endswith("en"):
            chosen = [lexical[0], lexical[-1]]
        elif verbs[chosen[0]] in _TAKES_TE:
            chosen += _with_te(words, segment)
        joined = [particle for particle, verb in particles.items() if verb in chosen or verb in finite]
        governed = [at for at in helpers[1:] if words[at].lower in _GOVERNED and (at + 1 in chosen or at - 1 in chosen)]
        return tuple(sorted({*finite, *governed, *chosen, *joined}))
    if not finite:
        return ()
    joined = [particle for particle, verb in particles.items() if verb in finite]
    governed = [at for at in helpers[1:] if words[at].lower in _GOVERNED and at == _last_word(words, segment)]
    completing = joined or _complement(words, [at for at in segment if at not in governed], finite[0], counted)
    return tuple(sorted({*finite, *governed, *completing}))


def _with_te(words: Sequence[Token], segment: Sequence[int]) -> Sequence[int]:
    """The infinitive with "te" at the end of a clause."""
    last = _last_word(words, segment)
    return [last - 1, last] if last - 1 in segment and words[last - 1].lower == "te" else []


def _is_possessive(words: Sequence[Token], at: int) -> bool:
    return words[at].lower == "zijn" and at > 0 and words[at - 1].lower in PREPOSITIONS


def _last_word(words: Sequence[Token], segment: Sequence[int]) -> int:
    return max((at for at in segment if not words[at].is_mark), default=-1)


def _is_lexical(words: Sequence[Token], verbs: Sequence[str | None], particles: Mapping[int, int], at: int) -> bool:
    lower = words[at].lower
    if not verbs[at] or lower in _FINITE or lower in PREPOSITIONS or at in particles or lower.endswith(("ing", "ende")):
        return False
    if at == 0:
        return True
    before = words[at - 1].lower
    if (
        before == "te"
        or (verbs[at] == "betreffen" and before in _OBJECTS)
        or (words[at].text[0].isupper() and not words[at - 1].is_mark)
    ):
        return False
    if lower.endswith("en"):
        is_after_adjective = before.endswith("e") and before[-2:] != "ee" and before not in _PRONOUNS_IN_E
        is_counted = lower == verbs[at] and (before[:1].isdigit() or is_after_adjective)
        return not (before in _DETERMINERS or before in PREPOSITIONS or is_counted)
    is_before_noun = lower.endswith("e") and at + 1 < len(words) and is_content(words[at + 1].lower)
    return before not in _DETERMINERS - {"die", "deze"} and not is_before_noun


def _complement(words: Sequence[Token], segment: Sequence[int], finite: int, counted: frozenset[int]) -> Sequence[int]:
    """The last word outside prepositional phrases after the finite verb, else before it; or a quantity."""
    content = [
        at
        for at in segment
        if words[at].is_word
        and at != finite
        and (is_content(words[at].lower) or is_vague(words[at].lower))
        and at not in counted
        and not _is_in_phrase(words, segment, at)
    ]
    after = [at for at in content if at > finite]
    if after:
        return after[-1:]
    quantity = [at for at in segment if at in counted]
    if quantity:
        first = quantity[0]
        is_aimed = first and words[first - 1].lower in PREPOSITIONS
        return [first - 1, *quantity] if is_aimed else quantity
    is_subordinate = finite == _last_word(words, segment) and any(words[at].lower in _SUBORDINATORS for at in segment)
    return [at for at in content if at == finite - 1 and is_subordinate]


def _is_in_phrase(words: Sequence[Token], segment: Sequence[int], at: int) -> bool:
    for index in range(at - 1, max(segment[0], at - _LONGEST_PHRASE) - 1, -1):
        if index not in segment or words[index].lower in _OBJECTS:
            return False
        if words[index].lower in _OPENS_PHRASE:
            return True
    return False
