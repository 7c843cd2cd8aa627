"""A sentence with all that is known of it, and who says what is in it."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.quotes.cues import Cue
from bot.quotes.lexicon import lexicon
from bot.quotes.marks import Quotation
from bot.quotes.mention import Mention
from bot.quotes.nlp import Syntax
from bot.quotes.segments import Sentence, Word

_WORDS_OF_A_CLAUSE = 3


@dataclass(slots=True)
class Frame:
    """A sentence as the rules see it.

    Attributes:
        text: The whole clean text.
        index: Number of the sentence in the text.
        sentence: Its span, quotations and frame words.
        mentions: The mentions in its frame.
        cues: The cues in its frame.
        syntax: Its parse; None where it was not parsed.
        subjects: The subjects that have been looked for, by the cue's position.
    """

    text: str
    index: int
    sentence: Sentence
    mentions: list[Mention]
    cues: list[Cue]
    syntax: Syntax | None
    subjects: dict[int, Subject] = field(default_factory=dict)

    @property
    def words(self) -> list[Word]:
        """The frame words."""
        return self.sentence.words

    @property
    def spoken_cues(self) -> list[Cue]:
        """The cues whose words are said, not refused."""
        return [cue for cue in self.cues if not cue.refused]

    @property
    def content_end(self) -> int:
        """Offset of the end of the sentence without its final punctuation."""
        end = self.sentence.end
        while end > self.sentence.start and self.text[end - 1] in ".!?… \n":
            end -= 1
        return end

    @property
    def stands_alone(self) -> bool:
        """Whether the sentence is nothing but one quotation."""
        return len(self.sentence.quotations) == 1 and not self.words

    def between(self, start: int, end: int) -> str:
        """Give the text of a span."""
        return self.text[start:end]

    def before(self, quotation: Quotation) -> str:
        """Give the frame text before a quotation, back to the one before it or the start of the sentence."""
        start = self.sentence.start
        for other in self.sentence.quotations:
            if other.after <= quotation.opening:
                start = other.after
        return self.text[start : quotation.opening]

    def word_before(self, offset: int) -> Word | None:
        """Give the last frame word that ends at or before an offset."""
        position = self.sentence.word_at_or_after(offset) - 1
        return self.words[position] if position >= 0 else None

    def is_verb(self, position: int) -> bool:
        """Whether a frame word is a finite verb: by the parse, or by the lists where there is none."""
        word = self.words[position]
        parsed = self.syntax.is_finite(word.start) if self.syntax else None
        known = word.lower in lexicon().auxiliaries
        if parsed is None:
            return known or any(verb.form == "finite" for verb in lexicon().verbs.get(word.lower, ()))
        return parsed or (known and word.lower != "zijn")

    def has_verb(self, start: int, end: int) -> bool:
        """Whether a finite verb stands between two offsets of the frame."""
        first, last = self.sentence.word_at_or_after(start), self.sentence.word_at_or_after(end)
        return any(self.is_verb(position) for position in range(first, last))

    def has_any_verb(self, start: int, end: int) -> bool:
        """Whether a verb of any form stands between two offsets; without a parse, whether there are words enough."""
        first, last = self.sentence.word_at_or_after(start), self.sentence.word_at_or_after(end)
        if self.syntax is None:
            return last - first >= _WORDS_OF_A_CLAUSE
        words = self.words[first:last]
        # The tagger takes a rare verb at the end of its clause for a noun; its ending gives it away.
        ends_like_a_verb = (
            len(words) >= _WORDS_OF_A_CLAUSE and words[-1].text.islower() and words[-1].lower[-1] in "tdn"
        )
        return ends_like_a_verb or any(self.syntax.is_verb(word.start) for word in words)

    def mention_starting(self, position: int) -> Mention | None:
        """Give the mention whose first word is that frame word."""
        return next((mention for mention in self.mentions if mention.first == position), None)

    def mention_at(self, offset: int) -> Mention | None:
        """Give the mention that covers an offset."""
        return next((mention for mention in self.mentions if mention.start <= offset < mention.end), None)


@dataclass(frozen=True, slots=True)
class Subject:
    """Who says it.

    Attributes:
        mentions: One mention, or several for joint speakers; none where the clause does not say it.
        is_generic: Whether it is "je", "men", "wie" and the like, or a document: then nobody is quoted.
    """

    mentions: tuple[Mention, ...]
    is_generic: bool = False


UNSAID = Subject(())
GENERIC = Subject((), is_generic=True)
