"""Composes sentences of reported speech: treebank clauses as what is said, invented people as those who say it.

The treebanks have few of the constructions that news reports speech with, and their names are those of the 1970s to
the 1990s. The patterns here are those that a grammar lists (Algemene Nederlandse Spraakkunst, on direct and indirect
speech), the annotation is Alpino's.
"""

import random
from collections.abc import Callable, Sequence

from training.clauses import Clauses, to_words
from training.conllu import Sentence
from training.phrases import Lexicon, NounPhrases, Phrase, Word, link, load_speech, to_sentence
from training.treebanks import NEWSPAPERS, Part

ATTACHED = frozenset(",.?!:)")
# Treebank parts that weigh less are quiz questions and exercises: nothing that anyone is quoted with.
LEAST_WEIGHT = 0.7
# Verbs with a construction of their own, in the columns of `speech.toml`.
SPEAK = ("spreken", "sprak", "spraken", "spreekt", "spreken")
CALL = ("noemen", "noemde", "noemden", "noemt", "noemen")
FIND = ("vinden", "vond", "vonden", "vindt", "vinden")
RUN = ("luiden", "luidde", "luidden", "luidt", "luiden")
LET = ("laten", "liet", "lieten", "laat", "laten")


class SpeechWriter:
    """Writes sentences and short documents of reported speech.

    Args:
        parts: the treebank parts to draw from.

    Raises:
        TrainingError: they lack a kind of clause.
    """

    def __init__(self, parts: dict[str, Part]) -> None:
        sentences = [sentence for part in parts.values() for sentence in part.sentences]
        self._lexicon = Lexicon(sentences)
        self._speech = load_speech()
        self._people = NounPhrases(self._lexicon, self._speech, _last_names(sentences))
        self._clauses = Clauses(s for part in parts.values() if part.weight >= LEAST_WEIGHT for s in part.sentences)
        self._plain = parts[NEWSPAPERS].sentences if NEWSPAPERS in parts else sentences
        self._templates: tuple[tuple[float, Callable[[random.Random], list[Word]]], ...] = (
            (0.27, self.quotation_first),
            (0.06, self.quotation_interrupted),
            (0.07, self.quotation_after_colon),
            (0.04, self.quotation_alone),
            (0.16, self.subordinate_clause),
            (0.06, self.infinitive_group),
            (0.15, self.pointing_back),
            (0.09, self.according_to),
            (0.06, self.judgement),
            (0.05, self.words_as_subject),
        )

    def document(self, chance: random.Random) -> list[Sentence]:
        """Return one to four sentences, the first of them of reported speech, the others so or of a newspaper."""
        sentences = [self.sentence(chance)]
        if chance.random() < 0.55:
            for _ in range(chance.randint(1, 3)):
                sentences.append(self.sentence(chance) if chance.random() < 0.4 else chance.choice(self._plain))
            chance.shuffle(sentences)
        return sentences

    def sentence(self, chance: random.Random) -> Sentence:
        """Return a sentence of reported speech."""
        templates = [template for _, template in self._templates]
        words = chance.choices(templates, [weight for weight, _ in self._templates])[0](chance)
        if chance.random() < 0.05:
            words = self._with_dateline(words, chance)
        return to_sentence(_spaced(_without_idle_commas(words)))

    def quotation_first(self, chance: random.Random) -> list[Word]:
        """Compose: "We gaan door", zei minister Pelt maandag."""
        words, root, stop = self._quotation(chance, is_final=False)
        kind = chance.random()
        if kind < 0.17:
            words += self._aldus(root, chance)
        elif kind < 0.27:
            verb, cue = self._cue(chance, inverted=True)
            words += [link(self._lexicon.word("zo", "ADV"), verb, "ccomp"), *cue]
            link(verb, root, "parataxis")
        else:
            verb, cue = self._cue(chance, inverted=True)
            link(verb, root, "parataxis")
            words += cue
        return [*words, link(stop, root, "punct")]

    def quotation_interrupted(self, chance: random.Random) -> list[Word]:
        """Compose: "In Utrecht", zei ze, "gaan we door"."""
        sentence = chance.choice(self._clauses.main)
        words = to_words(sentence.tokens)
        root = next(word for word in words if word.head is None)
        places = _gaps(words, root)
        if not places:
            return self.quotation_first(chance)
        place = chance.choice(places)
        verb, cue = self._cue(chance, inverted=True)
        link(verb, root, "parataxis")
        before, after = words[:place], words[place:-1]
        marks = [self._mark('"', root) for _ in range(4)]
        comma = self._mark(",", root)
        second = self._mark(",", verb)
        stop = link(words[-1], root, "punct")
        ending = [stop, marks[3]] if chance.random() < 0.5 else [marks[3], stop]
        opening = (
            [marks[0], *before, comma, marks[1]] if chance.random() < 0.4 else [marks[0], *before, marks[1], comma]
        )
        return [*opening, *cue, second, marks[2], *after, *ending]

    def quotation_after_colon(self, chance: random.Random) -> list[Word]:
        """Compose: Minister Pelt zei maandag: "We gaan door"."""
        words, root, stop = self._quotation(chance, is_final=True)
        inverted = chance.random() < 0.25
        if chance.random() < 0.15:
            phrase = self._people.speaker(chance).capitalised()
            top, cue = phrase.top, phrase.words
        else:
            top, cue = self._cue(chance, inverted=inverted)
            if inverted:
                opener = self._lexicon.word(chance.choice(self._speech["opening_adverbs"]), "ADV")
                cue.insert(0, link(opener, top, "advmod"))
            else:
                Phrase(cue, top).capitalised()
        link(top, root, "parataxis")
        return [*cue, self._mark(":", top), *words, *([stop] if stop.head else [])]

    def quotation_alone(self, chance: random.Random) -> list[Word]:
        """Compose: "We gaan door. Dat moet ook"."""
        words, _, stop = self._quotation(chance, is_final=True)
        return [*words, *([stop] if stop.head else [])]

    def subordinate_clause(self, chance: random.Random) -> list[Word]:
        """Compose: Daarop zei minister Pelt dat het doorgaat."""
        inverted = chance.random() < 0.35
        verb, cue = self._cue(chance, inverted=inverted)
        if inverted:
            if chance.random() < 0.5:
                opener = self._lexicon.word(chance.choice(self._speech["opening_adverbs"]), "ADV")
                opening = [link(opener, verb, "advmod")]
            else:
                phrase, dep = self._adverbial(chance)
                opening = phrase.attach(verb, dep).words
            cue = [*opening, *cue]
        Phrase(cue, verb).capitalised()
        clause = self._clauses.subordinate(chance).attach(verb, "ccomp")
        self._mark_some(clause, chance)
        if chance.random() < 0.2:
            cue.append(self._mark(",", clause.top))
        words = [*cue, *clause.words]
        if chance.random() < 0.12:
            second = link(self._finite(chance.choice(self._speech["verbs"]), False, chance), verb, "conj")
            other = self._clauses.subordinate(chance).attach(second, "ccomp")
            words += [link(self._lexicon.word("en", "CCONJ"), second, "cc"), second, *other.words]
        return [*words, self._mark(".", verb)]

    def infinitive_group(self, chance: random.Random) -> list[Word]:
        """Compose: Minister Pelt belooft de regels te herzien."""
        subject = self._people.speaker(chance).capitalised()
        lemma = chance.choice(self._speech["commitments"])
        row = next(row for row in self._speech["verbs"] if row[0] == lemma)
        verb = self._finite(row, subject.is_plural, chance)
        subject.attach(verb, "nsubj")
        group = self._clauses.infinitive(chance).attach(verb, "xcomp")
        self._mark_some(group, chance)
        adverbial = self._adverbials(verb, chance)
        return [*subject.words, verb, *adverbial, *group.words, self._mark(".", verb)]

    def pointing_back(self, chance: random.Random) -> list[Word]:
        """Compose: Dat zei minister Pelt maandag; Dat heeft Pelt gezegd; Dat werd door Pelt ontkend."""
        pointer = self._lexicon.word(chance.choice(("Dat", "Dat", "Dat", "Dit", "Zo")), "PRON")
        if pointer.form == "Zo":
            pointer.upos, pointer.lemma, pointer.feats = "ADV", "zo", ""
        dep = "advmod" if pointer.form == "Zo" else "obj"
        if pointer.form != "Zo" and chance.random() < 0.1:
            return self._passive(pointer, chance)
        verb, cue = self._cue(chance, inverted=True)
        words = [link(pointer, verb, dep), *cue]
        if chance.random() < 0.12:
            clause = self._clauses.subordinate(chance).attach(verb, "advcl")
            clause.words[0].form = clause.words[0].lemma = chance.choice(("nadat", "omdat", "toen", "terwijl"))
            words += clause.words
        return [*words, self._mark(".", verb)]

    def according_to(self, chance: random.Random) -> list[Word]:
        """Compose: Volgens minister Pelt gaat het door; Het gaat volgens haar door."""
        words, root, length = self._clauses.inverted(chance)
        source = self._people.source(chance).attach(root, "obl")
        case = link(self._lexicon.word("volgens", "ADP"), source.top, "case")
        group = [case, *source.words]
        if chance.random() < 0.7:
            Phrase(group, source.top).capitalised()
            sentence = [*group, *words]
        else:
            subject = Phrase(words[1:length], words[1]).capitalised().words
            sentence = [*subject, words[0], *group, *words[length:]]
        if chance.random() < 0.2:
            self._mark_around(sentence, root, chance, first=sentence.index(group[-1]) + 1)
        return sentence

    def judgement(self, chance: random.Random) -> list[Word]:
        """Compose: Minister Pelt noemt het plan "onhaalbaar"; Pelt spreekt van "een goed plan"."""
        subject = self._people.speaker(chance).capitalised()
        has_marks = chance.random() < 0.75
        if chance.random() < 0.4:
            verb = self._finite(SPEAK, subject.is_plural, chance)
            content = self._clauses.noun(chance).attach(verb, "obl:arg")
            case = link(self._lexicon.word("van", "ADP"), content.top, "case")
            between = [case]
        else:
            verb = self._finite(chance.choice((CALL, FIND)), subject.is_plural, chance)
            between = self._topic(chance).attach(verb, "obj").words
            if chance.random() < 0.6:
                adjective = self._lexicon.word(chance.choice(self._speech["judgements"]), "ADJ", feats="Degree=Pos")
                content = Phrase([adjective], adjective)
            else:
                content = self._clauses.noun(chance)
            content.attach(verb, "xcomp")
        words = content.words
        if has_marks:
            words = [self._mark('"', content.top), *words, self._mark('"', content.top)]
        subject.attach(verb, "nsubj")
        return [*subject.words, verb, *self._adverbials(verb, chance), *between, *words, self._mark(".", verb)]

    def words_as_subject(self, chance: random.Random) -> list[Word]:
        """Compose: "We gaan door", luidden haar woorden; "Nee", was de reactie van minister Pelt."""
        words, root, stop = self._quotation(chance, is_final=False)
        is_plural = chance.random() < 0.25
        noun = self._lexicon.word("woorden" if is_plural else chance.choice(self._speech["reactions"]), "NOUN")
        if chance.random() < 0.45:
            owner = self._lexicon.word(chance.choice(("zijn", "haar", "hun")), "PRON")
            subject = [link(owner, noun, "nmod:poss"), noun]
        else:
            article = "de" if is_plural or "Gender=Com" in noun.feats else "het"
            speaker = self._people.source(chance).attach(noun, "nmod")
            case = link(self._lexicon.word("van", "ADP"), speaker.top, "case")
            subject = [link(self._lexicon.word(article, "DET"), noun, "det"), noun, case, *speaker.words]
        verb = self._finite(RUN, is_plural, chance)
        link(verb, root, "parataxis")
        link(noun, verb, "nsubj")
        return [*words, verb, *subject, link(stop, root, "punct")]

    def _quotation(self, chance: random.Random, *, is_final: bool) -> tuple[list[Word], Word, Word]:
        """Compose what is said, mostly between marks.

        Args:
            chance: the source of randomness.
            is_final: nothing follows the quotation, so that its own stop is the sentence's.

        Returns:
            The words with marks and commas, the root among them, and a full stop; the stop hangs below nothing
            if it is not to be used.
        """
        pool = self._clauses.main if chance.random() < 0.88 else self._clauses.short
        words = to_words(chance.choice(pool).tokens)
        root = next(word for word in words if word.head is None)
        has_marks = chance.random() < 0.85
        if has_marks and chance.random() < 0.22:
            for _ in range(chance.randint(1, 3)):
                more = to_words(chance.choice(self._clauses.main).tokens)
                top = next(word for word in more if word.head is None)
                words += Phrase(more, top).attach(root, "parataxis").words
        full_stop = self._lexicon.word(".", "PUNCT", feats="")
        last = words[-1] if words[-1].upos == "PUNCT" else None
        body = words[:-1] if last else words
        if not has_marks:
            kept = [last] if last and (is_final or last.form != ".") else []
            between = [] if is_final or kept else [self._mark(",", root)]
            if is_final and not last:
                link(full_stop, root, "punct")
            return [*body, *kept, *between], root, full_stop
        opening, closing = self._mark('"', root), self._mark('"', root)
        if is_final:
            return [opening, *body, *([last] if last else []), closing], root, full_stop
        comma = self._mark(",", root)
        if last and last.form != ".":
            tail = [last, closing, comma] if chance.random() < 0.5 else [last, closing]
        else:
            tail = [comma, closing] if chance.random() < 0.5 else [closing, comma]
        return [opening, *body, *tail], root, full_stop

    def _cue(self, chance: random.Random, *, inverted: bool) -> tuple[Word, list[Word]]:
        """Compose a reporting clause without what is reported.

        Args:
            chance: the source of randomness.
            inverted: the finite verb stands before the subject.

        Returns:
            The verb that everything else hangs below, and the words.
        """
        subject = self._people.speaker(chance)
        kind = chance.random()
        if kind < 0.62:
            verb = self._finite(chance.choice(self._speech["verbs"]), subject.is_plural, chance)
            words = self._around(verb, verb, subject, chance, inverted=inverted)
        elif kind < 0.75:
            row = chance.choice(self._speech["separable"])
            verb = self._finite(row, subject.is_plural, chance)
            particle = link(self._lexicon.word(row[6], "ADP"), verb, "compound:prt")
            words = [*self._around(verb, verb, subject, chance, inverted=inverted), particle]
        elif kind < 0.87:
            verb, words = self._perfect(subject, chance, inverted=inverted)
        else:
            verb = self._finite(LET, subject.is_plural, chance)
            know = self._lexicon.word("weten", "VERB", feats="VerbForm=Inf")
            words = [
                *self._around(verb, verb, subject, chance, inverted=inverted),
                link(know, verb, "compound:prt"),
            ]
        return verb, words

    def _perfect(self, subject: Phrase, chance: random.Random, *, inverted: bool) -> tuple[Word, list[Word]]:
        """Compose "heeft Pelt gezegd", "heeft Pelt laten weten"."""
        auxiliary = self._lexicon.word(
            chance.choice(("hebben", "hadden") if subject.is_plural else ("heeft", "heeft", "had")), "AUX", "hebben"
        )
        if chance.random() < 0.2:
            verb = self._lexicon.word("laten", "VERB", feats="VerbForm=Inf")
            know = self._lexicon.word("weten", "VERB", feats="VerbForm=Inf")
            tail = [verb, link(know, verb, "compound:prt")]
        else:
            row = chance.choice(self._speech["verbs"] + self._speech["separable"])
            particle = row[6] if len(row) > 6 else ""
            verb = self._lexicon.word(row[5], "VERB", particle + row[0], "VerbForm=Part")
            tail = [verb]
        link(auxiliary, verb, "aux")
        return verb, [*self._around(auxiliary, verb, subject, chance, inverted=inverted), *tail]

    def _around(
        self, finite: Word, verb: Word, subject: Phrase, chance: random.Random, *, inverted: bool
    ) -> list[Word]:
        """Set the finite verb, the subject and maybe adverbials into one of the orders that Dutch allows."""
        subject.attach(verb, "nsubj")
        adverbials = self._adverbials(verb, chance)
        if not inverted:
            return [*subject.words, finite, *adverbials]
        if adverbials and subject.top.upos != "PRON" and chance.random() < 0.2:
            return [finite, *adverbials, *subject.words]
        return [finite, *subject.words, *adverbials]

    def _passive(self, pointer: Word, chance: random.Random) -> list[Word]:
        row = chance.choice(self._speech["verbs"])
        verb = self._lexicon.word(row[5], "VERB", row[0], "VerbForm=Part")
        auxiliary = self._lexicon.word(chance.choice(("wordt", "werd", "is")), "AUX")
        agent = self._people.source(chance).attach(verb, "obl:agent")
        case = link(self._lexicon.word("door", "ADP"), agent.top, "case")
        link(pointer, verb, "nsubj:pass")
        link(auxiliary, verb, "aux:pass")
        return [pointer, auxiliary, *self._adverbials(verb, chance), case, *agent.words, verb, self._mark(".", verb)]

    def _aldus(self, root: Word, chance: random.Random) -> list[Word]:
        phrase = self._people.speaker(chance)
        while phrase.top.upos == "PRON":
            phrase = self._people.speaker(chance)
        phrase.attach(root, "parataxis")
        return [link(self._lexicon.word("aldus", "ADV"), phrase.top, "case"), *phrase.words]

    def _finite(self, row: Sequence[str], is_plural: bool, chance: random.Random) -> Word:
        is_past = chance.random() < 0.55
        form = row[1 + is_plural] if is_past else row[3 + is_plural]
        number, tense = ("Plur" if is_plural else "Sing"), ("Past" if is_past else "Pres")
        return self._lexicon.word(form, "VERB", row[0], f"Number={number}|Tense={tense}|VerbForm=Fin")

    def _adverbials(self, verb: Word, chance: random.Random) -> list[Word]:
        words: list[Word] = []
        for _ in range(chance.choices((0, 1, 2), (0.5, 0.4, 0.1))[0]):
            phrase, dep = self._adverbial(chance)
            words += phrase.attach(verb, dep).words
        return words

    def _adverbial(self, chance: random.Random) -> tuple[Phrase, str]:
        kind = chance.random()
        if kind < 0.25:
            day = self._lexicon.word(chance.choice(self._speech["weekdays"]), "PROPN")
            return Phrase([day], day), "obl"
        if kind < 0.3:
            part = self._lexicon.word(chance.choice(self._speech["day_parts"]), "NOUN", feats="Gender=Com|Number=Sing")
            return Phrase([part], part), "obl"
        if kind < 0.6:
            adverb = self._lexicon.word(chance.choice(self._speech["adverbs"]), "ADV", feats="")
            return Phrase([adverb], adverb), "advmod"
        if kind < 0.7:
            forms = chance.choice(self._speech["media"]).split("_")
            articles = forms[: forms[0] in ("de", "het")]
            form, *rest = forms[len(articles) :]
            top = self._lexicon.word(form, "PROPN" if form[0].isupper() else "NOUN")
            before = [link(self._lexicon.word(article, "DET"), top, "det") for article in articles]
            after = [link(self._lexicon.word(more, "PROPN"), top, "flat") for more in rest]
            case = link(self._lexicon.word(chance.choice(("tegen", "in", "bij")), "ADP"), top, "case")
            return Phrase([case, *before, top, *after], top), "obl"
        preposition, article, form = chance.choice(self._speech["adverbials"])
        noun = self._lexicon.word(form, "PROPN" if form[0].isupper() else "NOUN")
        words = [link(self._lexicon.word(preposition, "ADP"), noun, "case")]
        if article:
            words.append(link(self._lexicon.word(article, "DET"), noun, "det"))
        return Phrase([*words, noun], noun), "obl"

    def _topic(self, chance: random.Random) -> Phrase:
        forms = chance.choice(self._speech["topics"]).split("_")
        if len(forms) == 1:
            word = self._lexicon.word(forms[0], "PRON")
            return Phrase([word], word)
        noun = self._lexicon.word(forms[1], "NOUN")
        return Phrase([link(self._lexicon.word(forms[0], "DET"), noun, "det"), noun], noun)

    def _mark(self, form: str, head: Word) -> Word:
        return link(self._lexicon.word(form, "PUNCT", feats=""), head, "punct")

    def _mark_some(self, clause: Phrase, chance: random.Random) -> None:
        """Set quotation marks around a part of a clause, as newspapers do with the words they keep."""
        if chance.random() < 0.35:
            self._mark_around(clause.words, clause.top, chance)

    def _mark_around(self, words: list[Word], top: Word, chance: random.Random, *, first: int = 1) -> None:
        last = len(words) - (words[-1].upos == "PUNCT")
        if last - first < 3:
            return
        start = chance.randint(first, last - 2)
        stop = chance.choice((last, chance.randint(start + 1, last)))
        inner = words[start:stop]
        anchor = next((word for word in inner if word is top or word.head not in inner), top)
        words.insert(stop, self._mark('"', anchor))
        words.insert(start, self._mark('"', anchor))

    def _with_dateline(self, words: list[Word], chance: random.Random) -> list[Word]:
        """Set "DEN HAAG (ANP) - " before a sentence; the place is the root, as in the treebank."""
        root = next(word for word in words if word.head is None)
        forms = chance.choice(self._speech["places"]).split("_")
        place = [self._lexicon.word(form, "PROPN", feats="") for form in forms]
        for word in place[1:]:
            link(word, place[0], "flat")
        opening = list(place)
        if chance.random() < 0.6:
            agency = link(self._lexicon.word(chance.choice(self._speech["agencies"]), "PROPN"), place[0], "nmod")
            opening += [self._mark("(", agency), agency, self._mark(")", agency)]
        opening.append(self._mark("-", root))
        link(root, place[0], "parataxis")
        if words[-1].upos == "PUNCT" and words[-1].head is root:
            words[-1].head = place[0]
        return opening + words


def _last_names(sentences: Sequence[Sentence]) -> list[str]:
    """Return the later words of the treebanks' names, one by one, to be combined with other first names."""
    forms = {
        token.form
        for sentence in sentences
        for token in sentence.tokens
        if token.dep == "flat" and token.upos == "PROPN" and token.form.isalpha() and token.form.istitle()
    }
    return sorted(form for form in forms if len(form) > 2)


def _gaps(words: Sequence[Word], root: Word) -> list[int]:
    """Return the places between constituents of the main clause: where a reporting clause may interrupt it."""
    positions = {id(word): index for index, word in enumerate(words)}
    places = []
    for place in range(1, len(words) - 2):
        is_crossed = any(
            word.head is not None
            and word.head is not root
            and (positions[id(word)] < place) != (positions[id(word.head)] < place)
            for word in words
        )
        if not is_crossed and words[place].upos != "PUNCT":
            places.append(place)
    return places


def _without_idle_commas(words: list[Word]) -> list[Word]:
    """Drop the comma that closes an apposition where other punctuation follows."""
    following = [*words[1:], None]
    return [
        word
        for word, after in zip(words, following, strict=True)
        if word.form != "," or after is None or after.form not in (",", ".", ":")
    ]


def _spaced(words: list[Word]) -> list[Word]:
    """Set the white space around marks, brackets and punctuation."""
    is_open = False
    for index, word in enumerate(words):
        if word.form == '"':
            is_open = not is_open
            word.space_after = not is_open
            if not is_open and index:
                words[index - 1].space_after = False
        elif word.upos == "PUNCT" and word.form in ATTACHED:
            words[index - 1].space_after = False
            word.space_after = True
        elif word.form == "(":
            word.space_after = False
    return words
