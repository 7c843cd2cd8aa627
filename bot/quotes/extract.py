"""From a text to statements: the one way through the room."""

from __future__ import annotations

from datetime import date, datetime

from spacy.language import Language

from bot.quotes.clean import CleanText, clean
from bot.quotes.confidence import confidence_of
from bot.quotes.cues import find_cues
from bot.quotes.discourse import Discourse
from bot.quotes.found import Found
from bot.quotes.frames import Frame
from bot.quotes.indirect import find_indirect
from bot.quotes.marks import pair_marks
from bot.quotes.mentions import find_mentions
from bot.quotes.nlp import load_nlp, parse
from bot.quotes.quoted import find_quoted
from bot.quotes.roster import Roster
from bot.quotes.rosterindex import RosterIndex
from bot.quotes.segments import find_paragraphs, find_sentences
from bot.quotes.speakers import Narrator, Spoken
from bot.quotes.values import Statement


class Extractor:
    """Finds who said what in Dutch news.

    Args:
        roster: The people whose words are looked for; everyone else becomes ``other:...``.
        nlp: A Dutch spaCy pipeline; the shipped one where None.
    """

    def __init__(self, roster: Roster, nlp: Language | None = None) -> None:
        self.roster = roster
        self.nlp = nlp if nlp is not None else load_nlp()
        self._index = RosterIndex(roster)

    def extract(self, text: str, published_at: datetime | date | None) -> list[Statement]:
        """Find the statements of an article.

        Args:
            text: The article's text as it came, paragraphs parted by blank lines; any Unicode.
            published_at: When it was published, to resolve roles and dates by; None where unknown.

        Returns:
            The statements in order of their start, with offsets into ``text``. The time taken grows linearly with
            the length of the text.
        """
        cleaned = clean(text)
        frames = self._read(cleaned.text)
        published = published_at.date() if isinstance(published_at, datetime) else published_at
        narrator = Narrator(Discourse(self._index, published))
        statements: list[Statement] = []
        quoted_before: list[Found] = []
        for frame in frames:
            quoted = find_quoted(frame, frames)
            indirect = find_indirect(frame, frames, [*quoted_before, *quoted])
            found = sorted([*quoted, *indirect], key=lambda one: (one.start, one.end))
            for spoken in narrator.tell(frame, found, {}):
                statements.append(self._statement(text, cleaned, spoken, published))
            quoted_before = quoted
        return sorted(statements, key=lambda one: (one.start, one.end))

    def _read(self, text: str) -> list[Frame]:
        """Read a clean text into frames, parsing the sentences that call for it."""
        paragraphs = find_paragraphs(text)
        quotations = pair_marks(text, paragraphs)
        sentences = find_sentences(text, paragraphs, quotations)
        frames = []
        for number, sentence in enumerate(sentences):
            mentions = find_mentions(text, sentence, self._index)
            frames.append(Frame(text, number, sentence, mentions, find_cues(text, sentence), None))
        wanted = [frame for frame in frames if _calls_for_parse(frame)]
        for frame, syntax in zip(wanted, parse(self.nlp, text, [one.sentence for one in wanted]), strict=True):
            frame.syntax = syntax
        return frames

    def _statement(self, raw: str, cleaned: CleanText, spoken: Spoken, published: date | None) -> Statement:
        found = spoken.found
        start, end = cleaned.origin(found.start), cleaned.origin(found.end)
        speaker = spoken.speaker
        membership = None
        if speaker is not None and speaker.person is not None and published is not None:
            membership = self.roster.capacity(speaker.key, published)
        return Statement(
            content=raw[start:end],
            start=start,
            end=end,
            kind=found.kind,
            cue=found.cue.surface if found.cue else None,
            speaker=speaker.key if speaker else None,
            speaker_surface=spoken.surface,
            attribution=spoken.attribution,
            said_from=None,
            said_to=None,
            capacity=membership.id if membership else None,
            confidence=confidence_of(spoken),
            rule=found.rule,
        )


def _calls_for_parse(frame: Frame) -> bool:
    return bool(frame.words) and bool(frame.cues or frame.mentions or frame.sentence.quotations)
