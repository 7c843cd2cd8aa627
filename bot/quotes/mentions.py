"""Mentions of people in the frame of a sentence: names with their titles, roles, and pronouns; not yet who they are."""

from __future__ import annotations

import re

from bot.quotes.folding import PARTICLES, fold
from bot.quotes.lexicon import lexicon
from bot.quotes.mention import Mention
from bot.quotes.roster import Gender
from bot.quotes.rosterindex import RosterIndex
from bot.quotes.segments import Sentence, Word
from bot.quotes.titlereader import TitleReader

_GENITIVE = re.compile(r"(?<=[a-zà-ÿ])(?:['’]s?|s)$")
_WITHIN_A_SENTENCE = re.compile(
    r"(?<=[a-zà-ÿ,] )(?P<titled>(?:Van|Von|De|Den|Der|Ten|Ter|Te|El|Al)(?: (?:de|den|der|het|['’]t))? [A-ZÀ-Þ][\w-]+)|"
    r"(?<!\w)(?P<given>[A-ZÀ-Þ][a-zà-ÿ]+) (?P<surname>(?:van|von|ten|ter)(?: (?:de|den|der|het|['’]t))? [A-ZÀ-Þ][\w-]+)"
)
_CREDIT = re.compile(r"(?:Foto|Beeld|Illustratie|Video|beeld|foto)(?:'s)?(?: ?[:©] ?| )[A-ZÀ-Þ][^.!?]{1,80}$")
"""A line that says who took the picture; nobody in it speaks or is spoken of."""
_NEW_OR_ANY = frozenset({"een", "enkele", "sommige", "veel", "meerdere", "elke", "ieder", "iedere", "geen"})
_FORMER = frozenset(
    {"voormalig", "voormalige", "toenmalig", "toenmalige", "gewezen", "vorige", "afgetreden", "opgestapte"}
    | {"teruggetreden", "vertrokken", "ontslagen", "afgezette", "gevallen"}
)
_LONGEST_NAME = 7
_DESCRIPTIVE_WORDS_BEFORE = 3


def surnames_with_particles(text: str) -> frozenset[str]:
    """Give the surnames with a particle that a text shows to be names, folded.

    "Van Dalen" at the beginning of a sentence may be a phrase; who is called "lid Van Dalen" or "Piet van Dalen"
    somewhere in the text is not.

    Args:
        text: Clean text.

    Returns:
        The surnames ("van dalen", "de groot").
    """
    offices = lexicon().titles | lexicon().bodies | lexicon().organisation_words | lexicon().not_names
    return frozenset(
        fold(match["titled"] or match["surname"])
        for match in _WITHIN_A_SENTENCE.finditer(text)
        if match["titled"] or match["given"].lower() not in offices
    )


def find_mentions(
    text: str, sentence: Sentence, index: RosterIndex, surnames: frozenset[str] = frozenset()
) -> list[Mention]:
    """Find the mentions in the frame of a sentence, in order.

    Args:
        text: Clean text.
        sentence: The sentence with its frame words.
        index: The roster's names, parties and portfolios.
        surnames: What ``surnames_with_particles`` gives for the text.

    Returns:
        The mentions; those inside quotations are not among them.
    """
    if _CREDIT.match(text, sentence.start, sentence.end):
        return []
    reader = _Reader(text, sentence, index, surnames)
    found: list[Mention] = []
    position = 0
    while position < len(sentence.words):
        mention = reader.name_at(position) or reader.role_at(position) or reader.pronoun_at(position)
        if mention is None and found and found[-1].genitive and found[-1].last == position - 1:
            mention = reader.owned_role_at(position)
        if mention is None:
            position += 1
            continue
        position = mention.last + 1
        while found and reader.is_title_of(found[-1], mention):
            reader.merge(found.pop(), mention)
        found.append(mention)
    return found


class _Reader(TitleReader):
    """Reads mentions off one sentence."""

    def __init__(self, text: str, sentence: Sentence, index: RosterIndex, surnames: frozenset[str]) -> None:
        super().__init__(text, sentence, index)
        self.surnames = surnames

    def is_title_of(self, role: Mention, name: Mention) -> bool:
        """Whether a role stands directly before a name ("minister van Financiën Anna Vos", "leider en premier Vos")."""
        if role.kind != "role" or name.kind != "name":
            return False
        between = self.text[role.end : name.start]
        return between == " " or (between == " en " and bool(name.titles) and not role.plural)

    def merge(self, role: Mention, name: Mention) -> None:
        """Make a role before a name the name's title."""
        name.start, name.first = role.start, role.first
        name.titles = (*role.titles, *name.titles)
        name.party = name.party or role.party
        name.portfolio = name.portfolio or role.portfolio
        name.gender = name.gender or role.gender
        name.after_preposition = role.after_preposition
        name.plural = role.plural

    def name_at(self, position: int) -> Mention | None:
        """Read a name that starts at a word, with the title before it ("minister Anna de Boer (PV)")."""
        start = self._after_title(position)
        if start is None:
            return None
        end = self._end_of_name(start)
        if end is None:
            return None
        title_words = [word.lower for word in self.words[position:start]]
        while start < end and self.titles_a_name(start) and not self.is_known_name(start, end):
            title_words.append(self.words[start].lower)
            start += 1
        if start >= end:
            return None
        return self._name_mention(position, start, end, title_words)

    def _after_title(self, position: int) -> int | None:
        """Skip a lower-case title before a name; None where no name can start."""
        word = self.words[position]
        if word.is_capitalised:
            return position
        if self.title_of(word.lower) is None:
            return None
        for step in range(1, _DESCRIPTIVE_WORDS_BEFORE):
            here = position + step
            if here >= len(self.words) or not self.adjacent(here - 1):
                return None
            follower = self.words[here]
            if follower.is_capitalised:
                return (
                    here if follower.lower not in self.lexicon.not_names or self._starts_with_particle(here) else None
                )
            if follower.lower in self.lexicon.prepositions or follower.lower in self.lexicon.auxiliaries:
                return None
            if follower.lower in self.lexicon.verbs or follower.lower in self.lexicon.adverbs:
                return None
            if follower.lower in self.lexicon.determiners or follower.lower in self.lexicon.conjunctions:
                return None
        return None

    def _starts_with_particle(self, position: int) -> bool:
        return fold(self.words[position].text) in PARTICLES

    def _end_of_name(self, start: int) -> int | None:
        """Give the index after the last word of the capitalised name that starts here, or None."""
        first = self.words[start]
        opens_sentence = self.opens_sentence(start)
        known = self._known_surname_end(start)
        if known is not None:
            return known
        if fold(first.text) in PARTICLES:
            end = self._after_particles(start)
            if end is None:
                return None
            surname = self.folded(start, end)
            if opens_sentence and not (self.index.knows_surname(surname) or surname in self.surnames):
                # "De Kamer", "Het Kamerlid": a determiner before a noun, unless roster or text knows the surname.
                return None
        elif self._is_no_name(start):
            return None
        else:
            end = start + 1
        return self._extend(start, end)

    def _known_surname_end(self, start: int) -> int | None:
        """Give the end of a surname of several words that the roster knows as it stands ("In 't Hout")."""
        for length in (4, 3, 2):
            end = start + length
            if end > len(self.words) or not self.words[end - 1].is_capitalised:
                continue
            is_one = all(self.adjacent(position) for position in range(start, end - 1))
            if is_one and self.index.knows_surname(self.folded(start, end)):
                return end
        return None

    def _is_no_name(self, start: int) -> bool:
        first = self.words[start]
        if first.lower in self.lexicon.not_names and not self.index.knows_full_name(self.folded(start, start + 2)):
            return True
        closed = (self.lexicon.adverbs, self.lexicon.subordinators, self.lexicon.prepositions, self.lexicon.auxiliaries)
        if self.opens_sentence(start) and any(first.lower in words for words in closed):
            return True
        return not first.text[:1].isalpha()

    def _extend(self, start: int, end: int) -> int:
        while end < len(self.words) and end - start < _LONGEST_NAME:
            if not self.adjacent(end - 1) and not self._follows_ampersand(end):
                break
            word = self.words[end]
            known = self._known_surname_end(end) if word.text.islower() else None
            if known is not None:
                end = known
            elif fold(word.text) in PARTICLES:
                after = self._after_particles(end)
                is_surname = after is not None and self._may_take_particle(start, end, word)
                if not is_surname or after is None:
                    break
                end = after
            elif word.is_capitalised and word.text[:1].isalpha() and _GENITIVE.sub("", word.lower):
                if self._are_two_people(start, end) or self._is_office_behind(start, end):
                    break
                end += 1
            else:
                break
        return end

    def _follows_ampersand(self, position: int) -> bool:
        """See "Arbeid & Toekomst": a party or a firm, where two people are joined by "en"."""
        gap = self.text[self.words[position - 1].end : self.words[position].start]
        return gap == " & " and self.words[position].is_capitalised

    def _is_office_behind(self, start: int, end: int) -> bool:
        """Tell "Anna Vos Minister van Financiën", as a caption has it, from a longer name."""
        return self.words[end].lower in self.lexicon.government_titles and self.is_known_name(start, end)

    def _are_two_people(self, start: int, end: int) -> bool:
        """Tell "riep Vos Mulder toe" from a name of two words: both are surnames of the roster, and nobody has both."""
        index = self.index
        return (
            index.knows_surname(self.folded(start, end))
            and index.knows_surname(self.folded(end, end + 1))
            and not index.knows_full_name(self.folded(start, end + 1))
            and not index.knows_surname(self.folded(start, end + 1))
            and not self.lexicon.is_given_name(self.words[start].text)
        )

    def _may_take_particle(self, start: int, end: int, particle: Word) -> bool:
        """Tell "Marga van Dalen" from "Marga Toonen van Onderwijs": a particle follows the given name alone."""
        untitled = start
        while untitled < end - 1 and self.titles_a_name(untitled):
            untitled += 1
        after = self._after_particles(end) or end
        surname = self.folded(end, after)
        if self._is_body(self.words[untitled].text) or self._is_body(self.words[after - 1].text):
            # "de PV van Vos", "Vos van de PV"
            return False
        if particle.is_capitalised or self.index.knows_surname(surname):
            return True
        if end - untitled != 1 or self.titles_a_name(untitled):
            return False
        alone = self.words[untitled]
        if self.index.knows_surname(fold(alone.text)) or untitled > start or self._follows_title(start):
            return self.lexicon.is_given_name(alone.text)
        return True

    def _is_body(self, text: str) -> bool:
        """Whether a word of a name is a party or written as an abbreviation ("GV", "CNV")."""
        return self.index.party(text) is not None or (len(text) > 1 and text.isupper())

    def _follows_title(self, position: int) -> bool:
        return (
            position > 0 and self.adjacent(position - 1) and self.title_of(self.words[position - 1].lower) is not None
        )

    def _after_particles(self, start: int) -> int | None:
        """Skip particles; the capitalised word after them belongs to the name."""
        end = start
        while end < len(self.words) and fold(self.words[end].text) in PARTICLES and end - start < 4:
            if end > start and not self.adjacent(end - 1):
                return None
            end += 1
        if end < len(self.words) and self.adjacent(end - 1) and self.words[end].is_capitalised:
            return end + 1
        return None

    def _name_mention(self, position: int, start: int, end: int, title_words: list[str]) -> Mention:
        words = self.words[start:end]
        name = self.text[words[0].start : words[-1].end].split()
        genitive = False
        stripped = _GENITIVE.sub("", name[-1])
        if stripped != name[-1] and not self.is_known_name(start, end):
            folded = fold(" ".join([*name[:-1], stripped]))
            owner = self.text[words[-1].end - 1] in "'’" or name[-1][-2:] in ("'s", "’s")
            if owner or self.index.knows_surname(folded) or self.index.knows_full_name(folded):
                genitive, name[-1] = True, stripped
        if self.text[words[-1].end : words[-1].end + 1] in ("'", "’") and name[-1][-1:] in "sxz":
            genitive = True
        mention = Mention(
            start=self.words[position].start,
            end=words[-1].end,
            kind="name",
            surface=self.text[words[0].start : words[-1].end],
            first=position,
            last=end - 1,
            name=tuple(name),
            genitive=genitive,
        )
        self.take_titles(mention, title_words)
        self.take_brackets(mention)
        known = self.is_known_name(start, end) or self.lexicon.is_given_name(name[0])
        mention.is_surely_name = known or len(name) > 1 or bool(title_words) or not self.opens_sentence(start)
        self.take_portfolio(mention)
        self.look_before(mention)
        if mention.gender is None:
            mention.gender = self.lexicon.gender_of_given_name(name[0]) if len(name) > 1 or not title_words else None
        return mention

    def role_at(self, position: int) -> Mention | None:
        """Read a role that starts at a word: "de minister van Financiën", "haar woordvoerder", "de PV'er"."""
        lexicon_ = self.lexicon
        opener = self.words[position].lower
        has_determiner = opener in lexicon_.determiners
        at = position + 1 if has_determiner else position
        if has_determiner and not self.adjacent(position):
            return None
        while has_determiner and at < len(self.words) and at - position < 4 and self._role_noun(at) is None:
            word = self.words[at]
            if not self._is_modifier(word.lower) or not self.adjacent(at):
                return None
            at += 1
        noun = self._role_noun(at) if at < len(self.words) else None
        if noun is None or (opener in ("het", "dat", "dit") and self.lexicon.is_agent(noun)):
            return None
        word = self.words[at]
        if word.is_capitalised and at > position and self.lexicon.is_agent(noun):
            # "een boze Dekker": a capital makes a name of what ends like "bakker".
            return None
        is_plural = noun.endswith(("en", "s")) and noun in lexicon_.bodies
        if opener in ("dat", "dit") and (is_plural or noun not in lexicon_.bodies):
            return None
        is_before_name = not has_determiner and noun in lexicon_.government_titles and not word.is_capitalised
        if not has_determiner and not (is_plural or word.is_capitalised or is_before_name):
            return None
        mention = Mention(
            start=self.words[position].start,
            end=word.end,
            kind="role",
            surface=self.text[self.words[position].start : word.end],
            first=position,
            last=at,
            plural=is_plural or noun in ("ministers", "staatssecretarissen", "bewindslieden", "vicepremiers"),
            possessive=opener in lexicon_.possessives,
            demonstrative=opener in ("die", "deze", "dat", "dit"),
            indefinite=opener in _NEW_OR_ANY or not has_determiner or self._is_foreign(position, at),
        )
        self.take_titles(mention, [word.lower])
        if not mention.titles:
            mention.titles = (noun,)
        if any(
            before.lower.startswith(("oud-", "ex-")) or before.lower in _FORMER
            for before in self.words[position : at + 1]
        ):
            mention.titles = (*mention.titles, "oud")
        self.take_portfolio(mention)
        if is_before_name and not self._leads_to_name(mention):
            return None
        self.take_brackets(mention)
        self.look_before(mention)
        return mention

    def _leads_to_name(self, mention: Mention) -> bool:
        """Whether an office without an article is the title of a name ("zei minister van Financiën Anna Vos")."""
        after = mention.last + 1
        follows = mention.last > mention.first and after < len(self.words) and self.adjacent(mention.last)
        return follows and self.words[after].is_capitalised

    def owned_role_at(self, position: int) -> Mention | None:
        """Read who is somebody's, right after a name in the genitive ("Vos' opvolger"): another than that one."""
        word = self.words[position]
        if self.title_of(word.lower) is None or word.is_capitalised:
            return None
        mention = Mention(word.start, word.end, "role", word.text, position, position, indefinite=True)
        self.take_titles(mention, [word.lower])
        return mention

    def _is_foreign(self, position: int, noun: int) -> bool:
        """Whether an adjective makes an office one of another country ("de Franse minister")."""
        adjectives = self.words[position + 1 : noun]
        return any(word.is_capitalised and word.lower not in ("nederlandse", "haagse") for word in adjectives)

    def _is_modifier(self, lower: str) -> bool:
        """Whether a word may stand between a determiner and its noun: an adjective, a number, an adverb of time."""
        lexicon_ = self.lexicon
        closed = (lexicon_.prepositions, lexicon_.auxiliaries, lexicon_.determiners, lexicon_.verbs, lexicon_.pronouns)
        return lower.endswith(("e", "en", "s")) and not any(lower in words for words in closed)

    def _role_noun(self, position: int) -> str | None:
        """Give the role that a word stands for, or None."""
        word = self.words[position]
        if self.party_of_member(word.text) is not None:
            return "demonym"
        title = self.title_of(word.lower)
        if title:
            return title
        if word.lower in self.lexicon.bodies:
            return word.lower
        tail = word.lower.rsplit("-", 1)[-1]
        return tail if "-" in word.lower and tail in self.lexicon.bodies else None

    def pronoun_at(self, position: int) -> Mention | None:
        """Read a personal pronoun, "die" as a subject, or "beiden"."""
        word = self.words[position]
        if word.lower not in self.lexicon.pronouns:
            return None
        next_lower = self.words[position + 1].lower if self.adjacent(position) else ""
        gender: Gender | None = None
        if word.lower in self.lexicon.male_pronouns:
            gender = "male"
        elif word.lower in self.lexicon.female_pronouns:
            gender = "female"
        plural = word.lower in ("hen", "hun", "beiden", "beide", "allebei") or (
            word.lower in ("zij", "ze") and self._has_plural_verb(position)
        )
        last, end = position, word.end
        if word.lower in ("die", "deze", "beide"):
            if next_lower in ("laatste", "twee"):
                last, end = position + 1, self.words[position + 1].end
            elif word.lower != "die" or not self._is_subject_die(position, next_lower):
                return None
        if word.lower in ("haar", "hun") and self._owns(position, next_lower):
            return None
        mention = Mention(
            start=word.start,
            end=end,
            kind="pronoun",
            surface=self.text[word.start : end],
            first=position,
            last=last,
            gender=None if plural else gender,
            plural=plural,
            demonstrative=word.lower in self.lexicon.open_pronouns,
        )
        self.look_before(mention)
        return mention

    def _owns(self, position: int, next_lower: str) -> bool:
        """Whether "haar" stands before a noun ("haar partij"), not for a person ("volgens haar is")."""
        if not next_lower:
            return False
        before = self.words[position - 1].lower if position else ""
        if before in ("volgens", "aldus") or (before == "wat" and next_lower == "betreft"):
            return False
        lexicon_ = self.lexicon
        return not (
            next_lower in lexicon_.auxiliaries
            or next_lower in lexicon_.prepositions
            or next_lower in lexicon_.adverbs
            or next_lower in lexicon_.determiners
            or next_lower in lexicon_.subordinators
        )

    def _is_subject_die(self, position: int, next_lower: str) -> bool:
        """Whether "die" is whom the sentence before told of: before a verb, or after one at the end of an aside."""
        closes = not next_lower or next_lower in self.lexicon.adverbs
        closes = closes and position > 0 and self.words[position - 1].lower in self.lexicon.verbs
        # "de kabinetten, die volgens hem ...": no verb.
        has_verb = next_lower in self.lexicon.verbs or next_lower in self.lexicon.auxiliaries
        return closes or (has_verb and next_lower != "volgens")

    def _has_plural_verb(self, position: int) -> bool:
        before = self.words[position - 1].lower if position else ""
        after = self.words[position + 1].lower if position + 1 < len(self.words) else ""
        if before in self.lexicon.verbs and before not in self.lexicon.plural_verbs:
            return before.endswith("en")
        return before in self.lexicon.plural_verbs or after in self.lexicon.plural_verbs
