"""From a text to statements: the one way through the room."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from spacy.language import Language

from bot.quotes.clean import CleanText, clean
from bot.quotes.confidence import confidence_of
from bot.quotes.cues import Cue, find_cues
from bot.quotes.discourse import Discourse
from bot.quotes.found import Found
from bot.quotes.frames import Frame
from bot.quotes.indirect import find_indirect
from bot.quotes.marks import pair_marks
from bot.quotes.mentions import find_mentions, surnames_with_particles
from bot.quotes.nlp import Syntax, load_nlp, parse
from bot.quotes.quoted import find_quoted
from bot.quotes.roster import Roster
from bot.quotes.rosterindex import RosterIndex
from bot.quotes.segments import find_paragraphs, find_sentences
from bot.quotes.speakers import Narrator, Spoken
from bot.quotes.values import Statement
from bot.quotes.when import Frame as ReportingFrame
from bot.quotes.when import Report, Said, date_reports, mask, when_said

_AMSTERDAM = ZoneInfo("Europe/Amsterdam")
_VERB_OR_NOUN = frozenset({"besluit", "post", "spot", "antwoord", "merk", "tweet", "verwijt", "zucht", "schat", "mail"})
"""Forms of verbs that are as often nouns; the parse tells which."""
_WITH_FRAME_WITHIN = frozenset({"according_to_amid"})
"""Rules whose content is the whole sentence: masking it would hide the words that date it."""


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

    def extract(self, text: str, published_at: datetime | date | None, *, only_roster: bool = False) -> list[Statement]:
        """Find the statements of an article.

        Args:
            text: The article's text as it came, paragraphs parted by blank lines; any Unicode.
            published_at: When it was published, to resolve roles and dates by; None where unknown.
            only_roster: Whether others' words are not wanted: a text that names nobody of the roster is not parsed.

        Returns:
            The statements in order of their start, with offsets into ``text``; joint speakers have one each, and
            nobody has two with the same span. The time taken grows linearly with the length of the text.
        """
        cleaned = clean(text)
        frames = self._read(cleaned.text, only_roster=only_roster)
        found = _find(frames)
        if not any(found):
            return []
        published = _day_of(published_at)
        masked = [_masked(frame, found[frame.index]) for frame in frames] if published else []
        spoken: list[Spoken] = []
        discourse = Discourse(self._index, published)
        discourse.introduce(mention for frame in frames for mention in frame.mentions)
        narrator = Narrator(discourse)
        for frame in frames:
            days = _role_days(frame, found[frame.index], masked[frame.index], published) if published else {}
            spoken.extend(narrator.tell(frame, found[frame.index], days))
        spoken = [narrator.look_ahead(one) for one in spoken]
        dated: list[Said | None] = [None] * len(spoken)
        if published:
            reports = [_report(one) for one in spoken]
            dated = date_reports(masked, reports, published, memberships_of=self.roster.memberships_of)
        statements = [
            self._statement(text, cleaned, one, said, published) for one, said in zip(spoken, dated, strict=True)
        ]
        return sorted(statements, key=lambda one: (one.start, one.end))

    def _read(self, text: str, *, only_roster: bool) -> list[Frame]:
        """Read a clean text into frames, parsing the sentences that call for it."""
        paragraphs = find_paragraphs(text)
        quotations = pair_marks(text, paragraphs)
        sentences = find_sentences(text, paragraphs, quotations)
        cues = [find_cues(text, sentence) for sentence in sentences]
        if not quotations and not any(cues):
            # Nobody says anything: whom the text mentions does not matter.
            return []
        surnames = surnames_with_particles(text)
        frames = [
            Frame(text, number, sentence, find_mentions(text, sentence, self._index, surnames), cues[number], None)
            for number, sentence in enumerate(sentences)
        ]
        if only_roster and not any(map(self._index.may_name, (one for frame in frames for one in frame.mentions))):
            return []
        wanted = self._that_call_for_a_parse(frames)
        for frame, syntax in zip(wanted, parse(self.nlp, text, [one.sentence for one in wanted]), strict=True):
            frame.syntax = syntax
            if syntax is not None:
                frame.cues = [cue for cue in frame.cues if not _is_noun(frame, cue, syntax)]
        return frames

    def _that_call_for_a_parse(self, frames: Sequence[Frame]) -> list[Frame]:
        """Give the sentences with people or cues in paragraphs with a mark, a cue or a person of the roster."""
        paragraphs = {
            frame.sentence.paragraph
            for frame in frames
            if frame.cues or frame.sentence.quotations or any(map(self._index.may_name, frame.mentions))
        }
        return [
            frame
            for frame in frames
            if frame.words
            and frame.sentence.paragraph in paragraphs
            and (frame.cues or frame.mentions or frame.sentence.quotations)
        ]

    def _statement(
        self, raw: str, cleaned: CleanText, spoken: Spoken, said: Said | None, published: date | None
    ) -> Statement:
        found = spoken.found
        start, end = cleaned.origin(found.start), cleaned.origin(found.end)
        speaker = spoken.speaker
        membership = None
        day = said.end if said else published
        if speaker is not None and speaker.person is not None and day is not None:
            membership = self.roster.capacity(speaker.key, day)
        return Statement(
            content=raw[start:end],
            start=start,
            end=end,
            kind=found.kind,
            cue=found.cue.surface if found.cue else None,
            speaker=speaker.key if speaker else None,
            speaker_surface=spoken.surface,
            attribution=spoken.attribution,
            said_from=said.start if said else None,
            said_to=said.end if said else None,
            capacity=membership.id if membership else None,
            confidence=confidence_of(spoken),
            rule=found.rule,
        )


def _find(frames: Sequence[Frame]) -> list[list[Found]]:
    """Apply the rules to each sentence; one list for each, in order of start."""
    results: list[list[Found]] = []
    quoted_before: list[Found] = []
    for frame in frames:
        quoted = find_quoted(frame, frames)
        indirect = find_indirect(frame, frames, [*quoted_before, *quoted])
        results.append(sorted([*quoted, *indirect], key=lambda one: (one.start, one.end)))
        quoted_before = quoted
    return results


def _day_of(published_at: datetime | date | None) -> date | None:
    """Give the day by the clock of the papers' place."""
    if isinstance(published_at, datetime):
        return published_at.astimezone(_AMSTERDAM).date() if published_at.tzinfo else published_at.date()
    return published_at


def _masked(frame: Frame, found: Sequence[Found]) -> ReportingFrame:
    sentence = frame.sentence
    contents = [(quotation.opening, quotation.after) for quotation in sentence.quotations]
    contents += [(one.start, one.end) for one in found if one.kind == "indirect" and one.rule not in _WITH_FRAME_WITHIN]
    return ReportingFrame(mask(frame.text, sentence.start, sentence.end, contents), sentence.paragraph)


def _is_noun(frame: Frame, cue: Cue, syntax: Syntax) -> bool:
    """Whether a word that may be a verb is a noun here ("op vragen van Vos", "het besluit:")."""
    word = frame.words[cue.at]
    looks_like_a_noun = word.lower.endswith("en") or word.lower in _VERB_OR_NOUN
    return looks_like_a_noun and syntax.is_noun(word.start)


def _role_days(frame: Frame, found: Sequence[Found], masked: ReportingFrame, published: date) -> dict[int, date]:
    """Date those statements whose speaker is given by a role, which must be read at that date."""
    days: dict[int, date] = {}
    for position, one in enumerate(found):
        if any(mention.kind == "role" for mention in one.subject.mentions):
            said = when_said(masked.text, published, cue=_cue_offset(one))
            if said is not None:
                days[position] = said.end
    return days


def _report(spoken: Spoken) -> Report:
    found = spoken.found
    return Report(found.frame.index, _cue_offset(found), spoken.speaker.key if spoken.speaker else None)


def _cue_offset(found: Found) -> int | None:
    frame = found.frame
    return frame.words[found.cue.at].start - frame.sentence.start if found.cue else None
