"""Titles, parties and portfolios around the mention of a person."""

from __future__ import annotations

import re

from bot.quotes.folding import fold
from bot.quotes.lexicon import lexicon
from bot.quotes.mention import Mention
from bot.quotes.rosterindex import RosterIndex
from bot.quotes.segments import Sentence

_DEMONYM = re.compile(r"(.+?)['’]er$")
_BRACKET = re.compile(r"\s?\(([^()\n]{1,60})\)")
_NAMESAKE = re.compile(r",? geen familie\b")
_LONGEST_PORTFOLIO = 7
_LONGEST_NAME_BEHIND = 5


class TitleReader:
    """Reads what stands around a name or a role in one sentence.

    Args:
        text: Clean text.
        sentence: The sentence.
        index: The roster's names, parties and portfolios.
    """

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

    def folded(self, start: int, end: int) -> str:
        """Give some words as one folded text."""
        return fold(" ".join(word.text for word in self.words[start:end]))

    def is_known_name(self, start: int, end: int) -> bool:
        """Whether some words are a surname or a full name of the roster."""
        return self.index.knows_surname(self.folded(start, end)) or self.index.knows_full_name(self.folded(start, end))

    def opens_sentence(self, position: int) -> bool:
        """Whether a word has its capital, if it has one, from beginning a sentence."""
        if position == 0:
            return True
        before = self.text[
            max(self.sentence.start, self.words[position].start - 4) : self.words[position].start
        ].strip()
        return bool(before) and before[-1] in ":–—-?!.…"

    def title_of(self, lower: str) -> str | None:
        """Give the title in a word: the word itself, or its last part ("asielminister", "GV-Kamerlid")."""
        titles = self.lexicon.titles
        if lower in titles:
            return lower
        tail = lower
        while "-" in tail:
            # The longest title first: "d66-minister-president" is no president.
            tail = tail.split("-", 1)[1]
            if tail in titles:
                return tail
        for title in self.lexicon.compound_titles:
            if lower.endswith(title) and len(lower) > len(title) + 2:
                return title
        return lower if self.lexicon.is_agent(lower) else None

    def titles_a_name(self, position: int) -> bool:
        """Whether a word of a name is a title; a capital must not make one of "Pieter" because it ends like "imker"."""
        word = self.words[position]
        if self.party_of_member(word.text) is not None:
            return True
        title = self.title_of(word.lower)
        if title is None or not word.is_capitalised or not self.lexicon.is_agent(title):
            return title is not None
        return self.opens_sentence(position) and not self.lexicon.is_given_name(word.text)

    def party_of_member(self, text: str) -> str | None:
        """Give the id of the party in a word for one of its people ("PV'er"), or None."""
        match = _DEMONYM.match(text)
        return self.index.party(match.group(1)) if match else None

    def take_titles(self, mention: Mention, title_words: list[str]) -> None:
        """Note the titles in some words, with the gender, party or portfolio that they tell."""
        titles = []
        for word in title_words:
            mention.party = mention.party or self.party_of_member(word)
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

    def take_brackets(self, mention: Mention) -> None:
        """Read "(PV)", "(Financiën)" or an age after a mention."""
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
        if namesake := _NAMESAKE.match(self.text, mention.end, self.sentence.end):
            mention.brackets.append(namesake.group().lstrip(", "))

    def take_portfolio(self, mention: Mention) -> None:
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
        while end < len(self.words) and end - begin < _LONGEST_PORTFOLIO:
            word = self.words[end]
            if not self.adjacent(end - 1) and not self._lists_on(begin, end):
                break
            continues = word.lower == "en" and end + 1 < len(self.words) and self.words[end + 1].is_capitalised
            if not (word.is_capitalised or (continues and end > begin and self._continues_portfolio(begin, end))):
                break
            end += 1
        begins_name = self._name_within(begin, end)
        end = end if begins_name is None else begins_name
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
        elif mention.kind == "name" or (is_minister and begins_name is None):
            return
        else:
            mention.complement = self.text[self.words[at].start : self.words[end - 1].end]
        mention.last = end - 1
        mention.end = self.words[end - 1].end
        if mention.kind == "role":
            mention.surface = self.text[mention.start : mention.end]

    def _name_within(self, begin: int, end: int) -> int | None:
        """Give where somebody's full name follows an office ("van Buitenlandse Zaken Anna Vos"); None if nowhere."""
        for start in range(begin + 1, end):
            lengths = range(2, min(_LONGEST_NAME_BEHIND, len(self.words) - start) + 1)
            if any(self.index.knows_full_name(self.folded(start, start + length)) for length in lengths):
                return start
        return None

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

    def look_before(self, mention: Mention) -> None:
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
