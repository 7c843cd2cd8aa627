"""The word lists of the rules, read once from the data files beside them."""

from __future__ import annotations

import tomllib
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal, cast

from bot.quotes.folding import fold
from bot.quotes.roster import Gender

Tier = Literal["always", "marked", "stance", "commitment", "naming", "prepositional"]
Form = Literal["finite", "participle", "infinitive", "preposition", "noun"]

_SHORTEST_TELLING_NAME = 4
_SHORTEST_AGENT = 5
_DATA = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class Verb:
    """A reporting verb (or preposition) as one of its forms stands for it.

    Attributes:
        lemma: The verb, written together ("toevoegen").
        tier: How little it takes to report with it.
        form: Which form it is.
        companions: Words that must stand later in the clause, in any order: the particle of a finite form ("toe"),
            or what makes the verb report ("weten" for "laat").
        is_particle_verb: Whether the first companion is the verb's own particle.
        excluded: Words that must not stand in the clause ("zich" beside "voorstellen").
        bare: The finite form without the particle that is written together with it where its clause ends in the verb
            ("gaf" of "toegaf"); empty for others.
    """

    lemma: str
    tier: Tier
    form: Form
    companions: tuple[str, ...]
    is_particle_verb: bool
    excluded: frozenset[str] = frozenset()
    bare: str = ""


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words that name a speaker without a verb ("in de ogen van", "in zijn ogen").

    Attributes:
        words: Its words; ``*`` stands for a possessive, which then is the speaker.
        verb: What stands for it in a cue.
    """

    words: tuple[str, ...]
    verb: Verb


class Lexicon:
    """All word lists, as sets of lower-case words under the names of the data file, and the reporting verbs by form."""

    def __init__(self) -> None:
        words = {key: frozenset(text.split()) for key, text in _strings("words.toml").items()}
        self.abbreviations = words["abbreviations"]
        self.male_pronouns = words["male_pronouns"]
        self.female_pronouns = words["female_pronouns"]
        self.plural_pronouns = words["plural_pronouns"]
        self.open_pronouns = words["open_pronouns"]
        self.pronouns = self.male_pronouns | self.female_pronouns | self.plural_pronouns | self.open_pronouns
        self.generic_subjects = words["generic_subjects"]
        self.government_titles = words["government_titles"]
        self.party_titles = words["party_titles"]
        self.titles = words["titles"] | self.government_titles | self.party_titles
        self.compound_titles = tuple(sorted(words["compound_titles"], key=len, reverse=True))
        self.bodies = words["bodies"]
        self.documents = words["documents"]
        self.naming_nouns = words["naming_nouns"]
        self.inscription_nouns = words["inscription_nouns"]
        self.naming_participles = words["naming_participles"]
        self.written_on = words["written_on"]
        self.speech_nouns = words["speech_nouns"]
        self.speech_noun_endings = tuple(words["speech_noun_endings"])
        self.letters = words["letters"]
        self.speaking_verbs = words["speaking_verbs"]
        self.unnamed_sources = words["unnamed_sources"]
        self.prepositions = words["prepositions"]
        self.determiners = words["determiners"]
        self.possessives = words["possessives"]
        self.subordinators = words["subordinators"]
        self.auxiliaries = words["auxiliaries"]
        self.refusing_modals = words["refusing_modals"]
        self.refusing_words = words["refusing_words"]
        self.hypothetical_modals = words["hypothetical_modals"]
        self.adverbs = words["adverbs"]
        self.conjunctions = words["conjunctions"]
        self.plural_verbs = words["plural_verbs"]
        self.woman_words = words["woman_words"]
        self.man_words = words["man_words"]
        self.organisation_words = words["organisation_words"]
        self.not_names = words["not_names"]
        self._agent_endings = tuple(words["agent_endings"])
        self._not_agent_endings = tuple(words["not_agent_endings"])
        self._not_agents = words["not_agents"]
        given = _strings("given_names.toml")
        self._gender: dict[str, Gender] = dict.fromkeys(fold(given["male"]).split(), "male")
        self._gender.update(dict.fromkeys(fold(given["female"]).split(), "female"))
        self._gender_of_ending: dict[str, Gender] = dict.fromkeys(given["female_endings"].split(), "female")
        self._gender_of_ending.update(dict.fromkeys(given["male_endings"].split(), "male"))
        self.portfolio_words = _strings("portfolios.toml")
        cues = cast(dict[str, dict[str, str]], _tables("cues.toml"))
        self.phrases = _phrases(cues.pop("phrases"))
        self.verbs = _verbs(cues)

    def is_agent(self, lower: str) -> bool:
        """Whether a noun means a person by its ending ("imker", "vlogster"), as far as no list knows it."""
        if (
            len(lower) < _SHORTEST_AGENT
            or not lower.replace("-", "").isalpha()
            or not lower.endswith(self._agent_endings)
        ):
            return False
        if lower in self.titles:
            return False
        known = (
            self.bodies,
            self.documents,
            self.naming_nouns,
            self.adverbs,
            self.not_names,
            self.verbs,
            self._not_agents,
        )
        return not any(lower in words for words in known) and not lower.endswith(self._not_agent_endings)

    def gender_of_given_name(self, name: str) -> Gender | None:
        """Give the gender that a given name mostly has, or None where the list does not know it."""
        return self._gender.get(fold(name))

    def gender_of_ending(self, name: str) -> Gender | None:
        """Guess at the gender of a given name by its ending; only for what is known to be a person's name."""
        folded = fold(name)
        if len(folded) < _SHORTEST_TELLING_NAME:
            return None
        endings = [(len(end), gender) for end, gender in self._gender_of_ending.items() if folded.endswith(end)]
        return max(endings)[1] if endings else None

    def is_given_name(self, name: str) -> bool:
        """Whether the list of given names has it."""
        return fold(name) in self._gender


@cache
def lexicon() -> Lexicon:
    """Give the word lists; they are read on the first call."""
    return Lexicon()


def _tables(name: str) -> dict[str, object]:
    with (_DATA / name).open("rb") as file:
        return tomllib.load(file)


def _strings(name: str) -> dict[str, str]:
    return {key: text for key, text in _tables(name).items() if isinstance(text, str)}


def _phrases(rows: dict[str, str]) -> dict[str, tuple[Phrase, ...]]:
    """Index the phrases by their first word, the longest first."""
    by_first: defaultdict[str, list[Phrase]] = defaultdict(list)
    for key, variants in rows.items():
        verb = Verb(key, "prepositional", "preposition", (), is_particle_verb=False)
        for variant in variants.split(" | "):
            phrase = Phrase(tuple(variant.split()), verb)
            by_first[phrase.words[0]].append(phrase)
    return {first: tuple(sorted(found, key=lambda one: -len(one.words))) for first, found in by_first.items()}


def _verbs(tiers: dict[str, dict[str, str]]) -> dict[str, tuple[Verb, ...]]:
    """Index the verbs of the data file by their forms; the verbs with companions first, as they are more specific."""
    by_form: defaultdict[str, list[Verb]] = defaultdict(list)
    for tier, entries in tiers.items():
        for key, forms in entries.items():
            _add_verb(by_form, key, forms, cast(Tier, tier))
    return {form: tuple(sorted(verbs, key=lambda verb: -len(verb.companions))) for form, verbs in by_form.items()}


def _add_verb(by_form: defaultdict[str, list[Verb]], key: str, forms: str, tier: Tier) -> None:
    if tier == "prepositional":
        by_form[forms].append(Verb(key, tier, "preposition", (), is_particle_verb=False))
        return
    finite_part, _, joined_part = forms.partition("|")
    particle, has_particle, _ = key.partition("_")
    words = finite_part.split()
    companions = tuple(word[1:] for word in words if word.startswith("+"))
    excluded = frozenset(word[1:] for word in words if word.startswith("-"))
    separable = bool(has_particle)
    lemma = key.replace("_", "")
    for word in words:
        if not word.startswith(("+", "-")):
            needed = (particle, *companions) if separable else companions
            by_form[word].append(Verb(lemma, tier, "finite", needed, separable, excluded))
            if separable and particle + word != lemma:
                joined = Verb(lemma, tier, "finite", companions, is_particle_verb=False, excluded=excluded, bare=word)
                by_form[particle + word].append(joined)
    for word in joined_part.split():
        form: Form = "infinitive" if word == lemma else "participle"
        by_form[word].append(Verb(lemma, tier, form, companions, separable, excluded))
        if separable and form == "infinitive":
            # "eraan toe te voegen": the infinitive itself stands without its particle.
            by_form[word.removeprefix(particle)].append(Verb(lemma, tier, form, (particle, "te"), separable, excluded))
