"""Mentions of people in the frame of a sentence: names with their titles, roles, and pronouns; not yet who they are."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal

from bot.quotes.folding import PARTICLES, fold
from bot.quotes.lexicon import lexicon
from bot.quotes.roster import Gender
from bot.quotes.rosterindex import RosterIndex
from bot.quotes.segments import Sentence, Word

MentionKind = Literal["name", "role", "pronoun"]

_BRACKET = re.compile(r"\s?\(([^()\n]{1,60})\)")
_DEMONYM = re.compile(r"(.+?)['’]er$")
_GENITIVE = re.compile(r"(?<=[a-zà-ÿ])(?:['’]s?|s)$")
_NEW_OR_ANY = frozenset({"een", "enkele", "sommige", "veel", "meerdere", "elke", "ieder", "iedere", "geen"})
_FORMER = frozenset({"voormalig", "voormalige", "toenmalig", "toenmalige", "gewezen", "vorige"})
_LONGEST_NAME = 7
_DESCRIPTIVE_WORDS_BEFORE = 3


@dataclass(slots=True)
class Mention:
    """A mention of someone in a frame.

    Attributes:
        start: Offset of the first word, titles and determiner included.
        end: Offset after the last word, a bracket or "van Financiën" after it included.
        kind: Whether a name, a role or a pronoun.
        surface: The words that name the speaker: a name without title, a role as it stands.
        first: Index of the mention's first word in its sentence.
        last: Index of its last one.
        name: The words of a name, without titles; empty for other kinds.
        titles: The title words, lower case ("minister", "fractievoorzitter").
        party: Id of a party that the mention names ("PV-Kamerlid", "(PV)"); None without one.
        portfolio: What a minister is said to be about, folded; empty without it.
        gender: What the words themselves tell.
        plural: Whether more than one person is meant.
        after_preposition: The preposition before it, empty without one.
        genitive: Whether it is an owner ("Steenhuis' brief").
        possessive: Whether the role belongs to somebody ("haar woordvoerder").
        demonstrative: Whether it points back ("die minister", "die laatste").
        indefinite: Whether it brings in someone new ("een woordvoerder", "bronnen").
        complement: For a role, the words of "van ..." after it that are no portfolio.
        brackets: What stands in brackets after it.
        is_surely_name: Whether it cannot be just a word that begins its sentence with a capital.
    """

    start: int
    end: int
    kind: MentionKind
    surface: str
    first: int
    last: int
    name: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()
    party: str | None = None
    portfolio: str = ""
    gender: Gender | None = None
    plural: bool = False
    after_preposition: str = ""
    genitive: bool = False
    possessive: bool = False
    demonstrative: bool = False
    indefinite: bool = False
    complement: str = ""
    brackets: list[str] = field(default_factory=list)
    is_surely_name: bool = False


def find_mentions(text: str, sentence: Sentence, index: RosterIndex) -> list[Mention]:
    """Find the mentions in the frame of a sentence, in order.

    Args:
        text: Clean text.
        sentence: The sentence with its frame words.
        index: The roster's names, parties and portfolios.

    Returns:
        The mentions; those inside quotations are not among them.
    """
    reader = _Reader(text, sentence, index)
    found: list[Mention] = []
    position = 0
    while position < len(sentence.words):
        mention = reader.name_at(position) or reader.role_at(position) or reader.pronoun_at(position)
        if mention is None:
            position += 1
            continue
        position = mention.last + 1
        while found and reader.is_title_of(found[-1], mention):
            reader.merge(found.pop(), mention)
        found.append(mention)
    return found


class _Reader:
    """Reads mentions off one sentence."""

    def __init__(self, text: str, sentence: Sentence, index: RosterIndex) -> None:
        self.text = text
        self.words = sentence.words
        self.sentence = sentence
        self.index = index
        self.lexicon = lexicon()

    def adjacent(self, position: int) -> bool:
        """Whether a word is followed directly by the next one, with a blank between them."""
        words = self.words
        if position + 1 >= len(words):
            return False
        gap = self.text[words[position].end : words[position + 1].start]
        return len(gap) <= 2 and not gap.strip()

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
        while start < end and self._titles_a_name(start) and not self._is_known_name(start, end):
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
        opens_sentence = self._opens_sentence(start)
        known = self._known_surname_end(start)
        if known is not None:
            return known
        if fold(first.text) in PARTICLES:
            end = self._after_particles(start)
            if end is None:
                return None
            if opens_sentence and not self.index.knows_surname(self._folded(start, end)):
                # "De Kamer", "Het Kamerlid": a determiner before a noun, unless the roster knows the surname.
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
            if is_one and self.index.knows_surname(self._folded(start, end)):
                return end
        return None

    def _is_no_name(self, start: int) -> bool:
        first = self.words[start]
        if first.lower in self.lexicon.not_names and not self.index.knows_full_name(self._folded(start, start + 2)):
            return True
        closed = (self.lexicon.adverbs, self.lexicon.subordinators, self.lexicon.prepositions, self.lexicon.auxiliaries)
        if self._opens_sentence(start) and any(first.lower in words for words in closed):
            return True
        return not first.text[:1].isalpha()

    def _extend(self, start: int, end: int) -> int:
        while end < len(self.words) and end - start < _LONGEST_NAME and self.adjacent(end - 1):
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
                end += 1
            else:
                break
        return end

    def _may_take_particle(self, start: int, end: int, particle: Word) -> bool:
        """Tell "Marga van Dalen" from "Marga Toonen van Onderwijs": a particle follows the given name alone."""
        untitled = start
        while untitled < end - 1 and self._titles_a_name(untitled):
            untitled += 1
        surname = self._folded(end, self._after_particles(end) or end)
        if particle.is_capitalised or self.index.knows_surname(surname):
            return True
        if end - untitled != 1 or self._titles_a_name(untitled):
            return False
        alone = self.words[untitled]
        if self.index.knows_surname(fold(alone.text)) or untitled > start or self._follows_title(start):
            return self.lexicon.is_given_name(alone.text)
        return True

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

    def _folded(self, start: int, end: int) -> str:
        return fold(" ".join(word.text for word in self.words[start:end]))

    def _is_known_name(self, start: int, end: int) -> bool:
        return self.index.knows_surname(self._folded(start, end)) or self.index.knows_full_name(
            self._folded(start, end)
        )

    def _opens_sentence(self, position: int) -> bool:
        if position == 0:
            return True
        before = self.text[
            max(self.sentence.start, self.words[position].start - 4) : self.words[position].start
        ].strip()
        return bool(before) and before[-1] in ":–—-?!.…"

    def _name_mention(self, position: int, start: int, end: int, title_words: list[str]) -> Mention:
        words = self.words[start:end]
        name = [word.text for word in words]
        genitive = False
        stripped = _GENITIVE.sub("", name[-1])
        if stripped != name[-1] and not self._is_known_name(start, end):
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
        self._take_titles(mention, title_words)
        self._take_brackets(mention)
        known = self._is_known_name(start, end) or self.lexicon.is_given_name(name[0])
        mention.is_surely_name = known or len(name) > 1 or bool(title_words) or not self._opens_sentence(start)
        self._take_portfolio(mention)
        self._look_before(mention)
        if mention.gender is None:
            mention.gender = self.lexicon.gender_of_given_name(name[0]) if len(name) > 1 or not title_words else None
        return mention

    def title_of(self, lower: str) -> str | None:
        """Give the title in a word: the word itself, or its last part ("asielminister", "GV-Kamerlid")."""
        titles = self.lexicon.titles
        if lower in titles:
            return lower
        tail = lower.rsplit("-", 1)[-1]
        if tail in titles:
            return tail
        for title in (
            "minister",
            "ministers",
            "staatssecretaris",
            "woordvoerder",
            "woordvoerster",
            "voorzitter",
            "directeur",
        ):
            if lower.endswith(title) and len(lower) > len(title) + 2:
                return title
        return lower if self.lexicon.is_agent(lower) else None

    def _titles_a_name(self, position: int) -> bool:
        """Whether a word of a name is a title; a capital must not make one of "Pieter" because it ends like "imker"."""
        word = self.words[position]
        title = self.title_of(word.lower)
        if title is None or not word.is_capitalised or not self.lexicon.is_agent(title):
            return title is not None
        return self._opens_sentence(position) and not self.lexicon.is_given_name(word.text)

    def _take_titles(self, mention: Mention, title_words: list[str]) -> None:
        titles = []
        for word in title_words:
            title = self.title_of(word)
            if title is None:
                continue
            titles.append(title)
            self._take_prefix(mention, word, title)
            if word.startswith("oud-") or title.startswith("oud-"):
                titles.append("oud")
            if title in self.lexicon.woman_words:
                mention.gender = "female"
            elif title in self.lexicon.man_words:
                mention.gender = "male"
        mention.titles = tuple(titles)
        mention.plural = any(
            title in ("ministers", "staatssecretarissen", "vicepremiers", "bewindslieden") for title in titles
        )

    def _take_prefix(self, mention: Mention, word: str, title: str) -> None:
        """Read what stands before the title in a compound: a party ("gv-kamerlid") or a portfolio ("asielminister")."""
        prefix = word.removesuffix(title).rstrip("-")
        if not prefix or word == title:
            return
        party = self.index.party(prefix)
        if party:
            mention.party = party
        elif title in self.lexicon.government_titles and prefix not in ("oud", "ex", "vice", "collega"):
            mention.portfolio = prefix

    def _take_brackets(self, mention: Mention) -> None:
        while match := _BRACKET.match(self.text, mention.end, self.sentence.end):
            content = match.group(1)
            mention.brackets.append(content)
            mention.end = match.end()
            for part in re.split(r"[,;/]\s*", content):
                party = self.index.party(part)
                if party:
                    mention.party = party
                elif not part.strip().isdigit():
                    mention.portfolio = mention.portfolio or fold(part)
            while mention.last + 1 < len(self.words) and self.words[mention.last + 1].start < mention.end:
                mention.last += 1

    def _take_portfolio(self, mention: Mention) -> None:
        """Read "van Sociale Zaken" after a minister, or "van de PV"; for other roles it is just a complement."""
        at = mention.last + 1
        if (
            at >= len(self.words)
            or not self.adjacent(at - 1)
            or self.words[at].lower not in ("van", "voor", "op", "in", "uit")
        ):
            return
        end = at + 1
        if end < len(self.words) and self.words[end].lower in ("de", "het"):
            end += 1
        begin = end
        while end < len(self.words) and end - begin < _LONGEST_NAME:
            word = self.words[end]
            if not self.adjacent(end - 1) and not self._lists_on(begin, end):
                break
            continues = word.lower == "en" and end + 1 < len(self.words) and self.words[end + 1].is_capitalised
            if not (word.is_capitalised or (continues and end > begin and self._continues_portfolio(begin, end))):
                break
            end += 1
        # "van Financiën Anna Vos": the portfolio ends where its longest known beginning does.
        end = next((stop for stop in range(end, begin, -1) if self._names_office(begin, stop)), end)
        if end == begin:
            return
        phrase = self.text[self.words[begin].start : self.words[end - 1].end]
        party = self.index.party(phrase)
        is_minister = any(title in self.lexicon.government_titles for title in mention.titles)
        if party:
            mention.party = party
        elif self.words[at].lower in ("van", "voor") and self.index.knows_portfolio(fold(phrase)):
            mention.portfolio = fold(phrase)
        elif mention.kind == "name" or is_minister:
            return
        else:
            mention.complement = self.text[self.words[at].start : self.words[end - 1].end]
        mention.last = end - 1
        mention.end = self.words[end - 1].end
        if mention.kind == "role":
            mention.surface = self.text[mention.start : mention.end]

    def _lists_on(self, begin: int, end: int) -> bool:
        """Whether a portfolio goes on after a comma ("Onderwijs, Cultuur en Wetenschap")."""
        gap = self.text[self.words[end - 1].end : self.words[end].start]
        return end > begin and gap == ", " and self._continues_portfolio(begin, end)

    def _names_office(self, begin: int, end: int) -> bool:
        phrase = self.text[self.words[begin].start : self.words[end - 1].end]
        return self.index.knows_portfolio(fold(phrase)) or self.index.party(phrase) is not None

    def _continues_portfolio(self, begin: int, end: int) -> bool:
        so_far = fold(self.text[self.words[begin].start : self.words[end - 1].end])
        return self.index.knows_portfolio(so_far) and self.index.portfolio_goes_on(so_far)

    def _look_before(self, mention: Mention) -> None:
        """Note the preposition before a mention, past a determiner and an adjective."""
        position = mention.first - 1
        steps = 0
        while position >= 0 and steps < 3 and self.adjacent(position):
            lower = self.words[position].lower
            if lower in self.lexicon.prepositions or lower in ("volgens", "aldus"):
                mention.after_preposition = lower
                return
            is_determiner = lower in self.lexicon.determiners and lower not in ("dat", "dit", "die")
            is_modifier = is_determiner or (lower.endswith("e") and not self.words[position].is_capitalised)
            if not is_modifier or lower in self.lexicon.auxiliaries or lower in self.lexicon.verbs:
                return
            position -= 1
            steps += 1

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
        is_plural = noun.endswith(("en", "s")) and noun in lexicon_.bodies
        if opener in ("dat", "dit") and (is_plural or noun not in lexicon_.bodies):
            return None
        if not has_determiner and not (is_plural or word.is_capitalised):
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
        self._take_titles(mention, [word.lower])
        if not mention.titles:
            mention.titles = (noun,)
        demonym = _DEMONYM.match(word.text)
        if demonym:
            mention.party = self.index.party(demonym.group(1))
        if any(
            before.lower.startswith(("oud-", "ex-")) or before.lower in _FORMER
            for before in self.words[position : at + 1]
        ):
            mention.titles = (*mention.titles, "oud")
        self._take_portfolio(mention)
        self._take_brackets(mention)
        self._look_before(mention)
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
        demonym = _DEMONYM.match(word.text)
        if demonym and self.index.party(demonym.group(1)):
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
            elif word.lower != "die" or not self._is_subject_die(next_lower):
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
        self._look_before(mention)
        return mention

    def _owns(self, position: int, next_lower: str) -> bool:
        """Whether "haar" stands before a noun ("haar partij"), not for a person ("volgens haar is")."""
        if not next_lower:
            return False
        before = self.words[position - 1].lower if position else ""
        if before in ("volgens", "aldus"):
            return False
        lexicon_ = self.lexicon
        return not (
            next_lower in lexicon_.auxiliaries
            or next_lower in lexicon_.prepositions
            or next_lower in lexicon_.adverbs
            or next_lower in lexicon_.determiners
            or next_lower in lexicon_.subordinators
        )

    def _is_subject_die(self, next_lower: str) -> bool:
        return next_lower in self.lexicon.verbs or next_lower in self.lexicon.auxiliaries

    def _has_plural_verb(self, position: int) -> bool:
        before = self.words[position - 1].lower if position else ""
        after = self.words[position + 1].lower if position + 1 < len(self.words) else ""
        if before in self.lexicon.verbs and before not in self.lexicon.plural_verbs:
            return before.endswith("en")
        return before in self.lexicon.plural_verbs or after in self.lexicon.plural_verbs
