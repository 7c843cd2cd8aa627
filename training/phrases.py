"""Builds Dutch noun phrases with their syntax, annotated as the Alpino treebanks would annotate them."""

import random
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from training.conllu import Sentence, Token

SPEECH_FILE = Path(__file__).with_name("speech.toml")


@dataclass(eq=False)
class Word:
    """A word of a sentence under construction; `head` is None while it has none (at the end: for the root)."""

    form: str
    upos: str
    lemma: str
    feats: str
    dep: str = "root"
    head: "Word | None" = None
    space_after: bool = True


@dataclass(eq=False)
class Phrase:
    """Words in their order, and the one that all others hang below.

    Attributes:
        words: at least one.
        top: one of them.
        is_plural: a verb that has the phrase for its subject stands in the plural.
    """

    words: list[Word]
    top: Word
    is_plural: bool = False

    def attach(self, head: Word, dep: str) -> "Phrase":
        """Hang the phrase below a word and return it."""
        self.top.head, self.top.dep = head, dep
        return self

    def capitalised(self) -> "Phrase":
        """Return the phrase with a capital at its start."""
        first = self.words[0]
        first.form = first.form[:1].upper() + first.form[1:]
        return self


def link(word: Word, head: Word, dep: str) -> Word:
    """Hang a word below another and return it."""
    word.head, word.dep = head, dep
    return word


def to_sentence(words: Sequence[Word]) -> Sentence:
    """Freeze finished words into a sentence.

    Raises:
        ValueError: a word hangs below one that is not in the sentence, or there is not exactly one root.
    """
    places = {id(word): index for index, word in enumerate(words)}
    tokens = []
    for index, word in enumerate(words):
        head = index if word.head is None else places.get(id(word.head), -1)
        if head < 0:
            raise ValueError(f"{word.form!r} hangs below a word outside its sentence")
        dep = "root" if word.head is None else word.dep
        tokens.append(Token(word.form, word.lemma, word.upos, "", word.feats, head, dep, word.space_after))
    if sum(token.dep == "root" for token in tokens) != 1:
        raise ValueError("not exactly one root: " + " ".join(word.form for word in words))
    return Sentence(tuple(tokens), "")


class Lexicon:
    """Gives words the lemma and the features that they mostly have in the treebanks."""

    def __init__(self, sentences: Iterable[Sentence]) -> None:
        counts: dict[tuple[str, str], Counter[tuple[str, str]]] = defaultdict(Counter)
        for sentence in sentences:
            for token in sentence.tokens:
                counts[token.form.lower(), token.upos][token.lemma, token.feats] += 1
        self._entries = {key: found.most_common(1)[0][0] for key, found in counts.items()}

    def word(self, form: str, upos: str, lemma: str | None = None, feats: str | None = None) -> Word:
        """Make a word; what the caller does not give comes from the treebanks, the lemma at last from the form."""
        known_lemma, known_feats = self._entries.get((form.lower(), upos), ("", ""))
        if upos in ("PROPN", "PUNCT"):
            known_lemma = form
        if lemma is None:
            lemma = known_lemma or form.lower()
        return Word(form, upos, lemma, known_feats if feats is None else feats)


class NounPhrases:
    """Writes the noun phrases that stand for a speaker: names, titles, roles, bodies, pronouns, pairs of them.

    Args:
        lexicon: where lemmas and features come from.
        speech: the content of `speech.toml`.
        surnames: further words to use as last names.
    """

    def __init__(self, lexicon: Lexicon, speech: dict[str, Any], surnames: Sequence[str] = ()) -> None:
        self._lexicon = lexicon
        self._speech = speech
        self._surnames = [*speech["surnames"], *surnames]
        self._kinds = (
            (0.20, self.pronoun),
            (0.23, self.person),
            (0.25, self.titled_person),
            (0.13, self.role),
            (0.06, self.body),
            (0.05, self.many),
            (0.08, self.several),
        )

    def speaker(self, chance: random.Random) -> Phrase:
        """Return a phrase of any kind."""
        kinds = [kind for _, kind in self._kinds]
        weights = [weight for weight, _ in self._kinds]
        return chance.choices(kinds, weights)[0](chance)

    def source(self, chance: random.Random) -> Phrase:
        """Return a phrase to stand behind a preposition: of any kind, its pronouns in the object form."""
        if chance.random() < 0.25:
            return self._single(chance.choice(("hem", "haar", "hen", "mij", "hem", "haar")), "PRON")
        return chance.choice((self.person, self.titled_person, self.role, self.body))(chance)

    def pronoun(self, chance: random.Random) -> Phrase:
        """hij, zij, ze, die, we, beiden."""
        form = chance.choice(("hij", "hij", "hij", "ze", "ze", "zij", "zij", "die", "deze", "we", "beiden"))
        phrase = self._single(form, "PRON")
        phrase.is_plural = form in ("we", "beiden") or (form in ("ze", "zij") and chance.random() < 0.15)
        return phrase

    def person(self, chance: random.Random) -> Phrase:
        """A name, maybe with a party in brackets or an apposition: "Lotte Hoekzema (VVD)", "Pelt, de minister,"."""
        phrase = self._name(chance)
        if chance.random() < 0.2:
            self._bracket(phrase, chance)
        elif chance.random() < 0.08:
            self._apposition(phrase, self.role(chance))
        return phrase

    def titled_person(self, chance: random.Random) -> Phrase:
        """A title before a name: "minister Pelt van Wonen", "hoogleraar staatsrecht Noor Bos", "D66-leider Kaya"."""
        kind = chance.random()
        words: list[Word] = []
        if kind < 0.12:
            title = self._noun(chance.choice(self._speech["field_titles"]))
            field = link(self._lexicon.word(chance.choice(self._speech["fields"]), "NOUN"), title, "appos")
            words = [title, field]
        elif kind < 0.27:
            title = self._noun(self._party_title(chance))
            words = [title]
        elif kind < 0.35:
            title = self._noun(chance.choice(self._speech["titles"]))
            adjective = self._lexicon.word(chance.choice(self._speech["bare_adjectives"]), "ADJ", feats="Degree=Pos")
            words = [link(adjective, title, "amod"), title]
        elif kind < 0.45:
            title = self._noun(chance.choice(self._speech["titles"]))
            adjective = self._lexicon.word(chance.choice(self._speech["adjectives"]), "ADJ", feats="Degree=Pos")
            words = [
                link(self._lexicon.word("de", "DET"), title, "det"),
                link(adjective, title, "amod"),
                title,
            ]
        elif kind < 0.52:
            title = self._noun(chance.choice(self._speech["titles"]))
            owner = self._lexicon.word(chance.choice(("zijn", "haar", "hun")), "PRON")
            words = [link(owner, title, "nmod:poss"), title]
        else:
            title = self._noun(chance.choice(self._speech["titles"]))
            words = [title]
        phrase = Phrase(words, title)
        if kind >= 0.27 and chance.random() < 0.1:
            phrase.words += self._portfolio(title, chance)
        phrase.words += self._name(chance).attach(title, "appos").words
        after = chance.random()
        if after < 0.22:
            self._bracket(phrase, chance)
        elif after < 0.37 and kind >= 0.27:
            phrase.words += self._portfolio(title, chance)
            if chance.random() < 0.25:
                self._bracket(phrase, chance)
        return phrase

    def role(self, chance: random.Random) -> Phrase:
        """A description: "de minister van Defensie", "het VVD-Kamerlid", "haar woordvoerder"."""
        form = self._party_title(chance) if chance.random() < 0.15 else chance.choice(self._speech["titles"])
        noun = self._noun(form)
        is_neuter = form.endswith(tuple(self._speech["neuter_endings"]))
        words = []
        kind = chance.random()
        if kind < 0.16:
            words.append(link(self._lexicon.word(chance.choice(("zijn", "haar", "hun")), "PRON"), noun, "nmod:poss"))
        else:
            article = "een" if kind > 0.8 else "het" if is_neuter else chance.choice(("de", "de", "de", "deze"))
            words.append(link(self._lexicon.word(article, "DET"), noun, "det"))
        if chance.random() < 0.22:
            form = chance.choice(self._speech["adjectives"])
            words.append(link(self._lexicon.word(form, "ADJ", feats="Degree=Pos"), noun, "amod"))
        phrase = Phrase([*words, noun], noun)
        after = chance.random()
        if after < 0.15:
            phrase.words += self._portfolio(noun, chance)
        elif after < 0.22:
            phrase.words += self._behind("van", self.body(chance), noun, "nmod")
        elif after < 0.26:
            self._apposition(phrase, self._name(chance))
        return phrase

    def body(self, chance: random.Random) -> Phrase:
        """A body that speaks: "het ministerie van Financiën", "de oppositie", "D66"."""
        if chance.random() < 0.25:
            return self._single(chance.choice(self._speech["parties"]), "PROPN")
        *articles, form = chance.choice(self._speech["bodies"]).split("_")
        if form == "State":
            words = [self._lexicon.word(form, "PROPN") for form in ("Raad", "van", "State")]
            return Phrase(
                [link(self._lexicon.word("de", "DET"), words[0], "det"), *self._flat(words)],
                words[0],
            )
        noun = self._lexicon.word(form, "PROPN" if form[:2].isupper() else "NOUN")
        words = [link(self._lexicon.word(article, "DET"), noun, "det") for article in articles]
        phrase = Phrase([*words, noun], noun)
        if form == "ministerie":
            phrase.words += self._portfolio(noun, chance)
        elif form in ("gemeente", "provincie", "politie", "rechtbank"):
            phrase.words.append(link(self._surname(chance)[-1], noun, "appos"))
        return phrase

    def many(self, chance: random.Random) -> Phrase:
        """A plural: "enkele bewindslieden", "de ministers", "critici"."""
        noun = self._lexicon.word(chance.choice(self._speech["plural_roles"]), "NOUN", feats="Number=Plur")
        words = []
        if chance.random() < 0.7:
            form = chance.choice(self._speech["quantifiers"])
            is_number = form == "twee"
            quantifier = self._lexicon.word(form, "NUM" if is_number else "DET")
            words.append(link(quantifier, noun, "nummod" if is_number else "det"))
        if chance.random() < 0.2:
            form = chance.choice(self._speech["adjectives"])
            words.append(link(self._lexicon.word(form, "ADJ", feats="Degree=Pos"), noun, "amod"))
        return Phrase([*words, noun], noun, is_plural=True)

    def several(self, chance: random.Random) -> Phrase:
        """A coordination: "Bakker en El Amrani", "minister Pelt, Kaya (SP) en de premier"."""
        kinds = (self.person, self.titled_person, self.person, self.titled_person, self.role, self.body)
        kind = chance.choice(kinds)
        parts = [kind(chance) if chance.random() < 0.7 else chance.choice(kinds)(chance)]
        for _ in range(1 if chance.random() < 0.75 else 2):
            parts.append(kind(chance) if chance.random() < 0.6 else chance.choice(kinds)(chance))
        phrase = Phrase(parts[0].words, parts[0].top, is_plural=True)
        for part in parts[1:-1]:
            phrase.words[-1].space_after = False
            phrase.words.append(link(self._mark(","), part.top, "punct"))
            phrase.words += part.attach(phrase.top, "conj").words
        last = parts[-1].attach(phrase.top, "conj")
        phrase.words.append(link(self._lexicon.word("en", "CCONJ"), last.top, "cc"))
        phrase.words += last.words
        return phrase

    def _single(self, form: str, upos: str) -> Phrase:
        word = self._lexicon.word(form, upos)
        return Phrase([word], word)

    def _noun(self, form: str) -> Word:
        form = form.replace("_", " ").split()[-1]
        gender = "Neut" if form.endswith(tuple(self._speech["neuter_endings"])) else "Com"
        return self._lexicon.word(form, "NOUN", feats=f"Gender={gender}|Number=Sing")

    def _mark(self, form: str) -> Word:
        return self._lexicon.word(form, "PUNCT", feats="")

    def _party_title(self, chance: random.Random) -> str:
        return f"{self._party(chance)}-{chance.choice(self._speech['party_titles'])}"

    def _party(self, chance: random.Random) -> str:
        if chance.random() < 0.7:
            return str(chance.choice(self._speech["parties"]))
        return "".join(chance.choices("ABCDEGHJKLMNPRSTVWZ", k=chance.randint(2, 3)))

    def _name(self, chance: random.Random) -> Phrase:
        kind = chance.random()
        surname = self._surname(chance)
        if kind < 0.5:
            first = [chance.choice(self._speech["first_names"])]
            if chance.random() < 0.04:
                first.append(chance.choice(self._speech["first_names"]))
        elif kind < 0.55:
            first = ["".join(f"{letter}." for letter in chance.choices("ABCDEFGHJKLMNPRSTW", k=chance.randint(1, 2)))]
        else:
            first = []
            surname[0].form = surname[0].form[0].upper() + surname[0].form[1:]
            surname[0].lemma = surname[0].form
        words = [self._lexicon.word(form, "PROPN", feats="") for form in first] + surname
        if len(words) == 1:
            words[0].feats = "Gender=Com|Number=Sing"
        return Phrase(self._flat(words), words[0])

    def _surname(self, chance: random.Random) -> list[Word]:
        kind = chance.random()
        if kind < 0.25:
            forms = chance.choice(self._speech["surnames"]).split("_")
        elif kind < 0.5:
            forms = chance.choice(self._surnames).split("_")
        elif kind < 0.78:
            particle = chance.choice(self._speech["particles"]).split("_")
            pool = "particle_surnames" if chance.random() < 0.8 else "surnames"
            forms = [*particle, *chance.choice(self._speech[pool]).split("_")]
        else:
            syllables = chance.choices(self._speech["syllables"], k=chance.randint(1, 2))
            forms = ["".join(syllables).capitalize() + chance.choice(self._speech["surname_endings"])]
            if chance.random() < 0.06:
                forms[0] += "-" + chance.choice(self._speech["surnames"]).split("_")[0]
        return [self._lexicon.word(form, "PROPN", feats="") for form in forms]

    def _flat(self, words: list[Word]) -> list[Word]:
        for word in words[1:]:
            link(word, words[0], "flat")
        return words

    def _portfolio(self, noun: Word, chance: random.Random) -> list[Word]:
        first, *rest = chance.choice(self._speech["portfolios"]).split("_")
        top = self._lexicon.word(first, "ADJ" if rest == ["Zaken"] else "NOUN")
        words = [link(self._lexicon.word("van", "ADP"), top, "case"), link(top, noun, "nmod")]
        if rest == ["Zaken"]:
            words.append(link(self._lexicon.word("Zaken", "NOUN", "zaak"), top, "fixed"))
        elif rest:
            second = link(self._lexicon.word(rest[1], "NOUN"), top, "conj")
            words += [link(self._lexicon.word(rest[0], "CCONJ"), second, "cc"), second]
        return words

    def _behind(self, preposition: str, phrase: Phrase, head: Word, dep: str) -> list[Word]:
        phrase.attach(head, dep)
        return [link(self._lexicon.word(preposition, "ADP"), phrase.top, "case"), *phrase.words]

    def _bracket(self, phrase: Phrase, chance: random.Random) -> None:
        if chance.random() < 0.7:
            inner = self._lexicon.word(self._party(chance), "PROPN")
        else:
            inner = self._lexicon.word(chance.choice(self._speech["portfolios"]).split("_")[0], "PROPN")
        link(inner, phrase.top, "nmod")
        opening, closing = link(self._mark("("), inner, "punct"), link(self._mark(")"), inner, "punct")
        opening.space_after = inner.space_after = False
        phrase.words += [opening, inner, closing]

    def _apposition(self, phrase: Phrase, other: Phrase) -> None:
        other.attach(phrase.top, "appos")
        phrase.words[-1].space_after = other.words[-1].space_after = False
        before, after = (link(self._mark(","), other.top, "punct") for _ in range(2))
        link(after, phrase.top, "punct")
        phrase.words += [before, *other.words, after]


def load_speech() -> dict[str, Any]:
    """Read the words that reported speech is composed of."""
    return tomllib.loads(SPEECH_FILE.read_text(encoding="utf-8"))
