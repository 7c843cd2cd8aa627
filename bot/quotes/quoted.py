"""Rules for words between quotation marks: statements, and what only looks like them; specific ones first."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from bot.quotes.cues import TAKES_UP, Cue
from bot.quotes.found import ANONYMOUS, IMPERSONAL, Found
from bot.quotes.frames import UNSAID, Frame, Subject
from bot.quotes.lexicon import Verb, lexicon
from bot.quotes.marks import Quotation
from bot.quotes.onlymarked import heading, is_heading, names_a_thing, next_in_paragraph, title_or_name, word_as_word
from bot.quotes.owners import nouns_with_clause, owned_nouns, possessive
from bot.quotes.subjects import joined, main_subject, subject_of
from bot.quotes.values import Kind
from bot.quotes.verdicts import NOT_SAID, Context, Rule, Verdict

_POSSESSED_WORDS = re.compile(
    r"\W{0,3}(?:(?:was|is|luidt|luidde|luidden|klonk|klinkt)\s+(?:steevast\s+|toen\s+|gisteren\s+)?|"
    r"(?:zo\s+)?(?:staat|stond|valt|is|was)\s+(?:te\s+lezen\s+|geschreven\s+)?in\s+)"
    r"(?P<owner>zijn|haar|hun|de|het|een)\s+(?:\w+\s+)?"
    r"(?:woorden|antwoord|reactie|oordeel|conclusie|commentaar|boodschap|advies|verweer|verklaring|verdediging|brief|kamerbrief|"
    r"e-mail|mail|bericht|tweet|column|boek)\b(?:\s+van\b)?",
    re.IGNORECASE,
)
_CONJOINING = frozenset({"maar", "want", "en", "dus", "al", "omdat", "aangezien", "zodat"})
_OBJECTS = frozenset({"hem", "haar", "hen", "hun"})
_ADVERBIAL = frozenset(
    {"nadat", "omdat", "terwijl", "toen", "nu", "waarna", "voordat", "doordat", "hoewel", "sinds", "zodra"}
)


_MOMENTS = (
    *("maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag"),
    *("gister", "vandaag", "vanochtend", "vanmorgen", "vanmiddag", "vanavond", "eergister"),
)
"""Beginnings of words for the day on which something was said."""


def find_quoted(frame: Frame, frames: Sequence[Frame]) -> list[Found]:
    """Find the statements between marks in one sentence.

    Args:
        frame: The sentence.
        frames: All sentences of the text.

    Returns:
        The statements in order; marked words that no rule takes for a statement are left out.
    """
    found: list[Found] = []
    for quotation in frame.sentence.quotations:
        context = Context(frames, found)
        verdict = next((v for rule in RULES if (v := rule(frame, quotation, context)) is not None), NOT_SAID)
        if isinstance(verdict, Found):
            found.append(verdict)
    return found


def with_these_words(frame: Frame, quotation: Quotation, context: Context) -> Verdict:
    """Words with which somebody does something: "Met de woorden ‘het is af’ gaf Vos de sleutel"."""
    position = frame.sentence.word_at_or_after(quotation.opening)
    lead = [word.lower for word in frame.words[max(0, position - 3) : position]]
    if lead not in (["met", "de", "woorden"], ["met", "deze", "woorden"]):
        return None
    actor = main_subject(frame)
    return _found(frame, quotation, "direct", None, Subject((actor,)), "with_these_words") if actor else None


def taken_up_again(frame: Frame, quotation: Quotation, context: Context) -> Verdict:
    """The quotation that the next paragraph takes up with a new mark: "„Wij wachten af. ¶ „Maar niet lang.”"."""
    if not quotation.continuation or frame.words:
        return None
    return _implicit(frame, quotation, "taken_up_again")


def free_standing(frame: Frame, quotation: Quotation, context: Context) -> Verdict:
    """A quotation that is its own sentence: "Vos knikte. ‘Dat klopt.’", also with "Dat zei Vos" after it."""
    if frame.words:
        return None
    told = told_in_next_sentence(frame, quotation, context)
    return replace(told, kind="direct") if isinstance(told, Found) else _implicit(frame, quotation, "free_standing")


def after_colon(frame: Frame, quotation: Quotation, context: Context) -> Verdict:
    """A colon leads in: "Mulder (PV): ‘Dat kan beter.’", "Vos zei daarop: ‘Nee.’"."""
    lead = frame.before(quotation)
    if not lead.rstrip().endswith(":"):
        return None
    start = quotation.opening - len(lead)
    kind = _kind(frame, quotation, after_lead=True)
    follower = _cue_right_after(frame, quotation)
    if follower is not None:
        return None
    cues = [cue for cue in frame.spoken_cues if start <= frame.words[cue.at].start < quotation.opening]
    for cue in reversed(cues):
        if cue.verb.lemma in IMPERSONAL:
            return NOT_SAID if _is_of_a_text(frame, cue) else _found(frame, quotation, kind, cue, UNSAID, "after_colon")
        subject = subject_of(frame, cue)
        if subject.mentions:
            return _found(frame, quotation, kind, cue, subject, "after_colon")
        if subject.is_generic and any(word.lower == "iemand" for word in frame.words[: cue.finite + 2]):
            # "Iemand achterin riep: ‘Leugens!’": whoever that was, nobody whom the text tells of.
            return Found(quotation.start, quotation.end, kind, frame, cue, UNSAID, "after_colon", is_anonymous=True)
    leading = [m for m in frame.mentions if start <= m.start and m.end <= quotation.opening]
    leading = [m for m in leading if not m.genitive and not m.after_preposition]
    # "De reactie van Vos: ‘...’", "Zijn antwoord was kort: ‘...’": a noun tells whose words they are.
    owners = [owner for noun, _, owner in owned_nouns(frame) if start <= frame.words[noun].start < quotation.opening]
    if owners and not frame.has_verb(start, quotation.opening):
        return _found(frame, quotation, kind, None, Subject((owners[0],)), "name_and_colon")
    if leading and not frame.has_verb(start, quotation.opening):
        return _found(frame, quotation, kind, None, Subject(joined(frame, leading[0])), "name_and_colon")
    # "Vos haalde zijn schouders op: ‘...’": what someone does leads in what he says.
    actor = main_subject(frame)
    if actor is not None and (actor in leading or actor in owners) and not cues:
        return _found(frame, quotation, kind, None, Subject((actor,)), "after_colon")
    if is_heading(frame, quotation, context.frames):
        return NOT_SAID
    return _implicit(frame, quotation, "after_colon")


def amid(frame: Frame, quotation: Quotation, context: Context) -> Verdict:
    """The cue stands amid the utterance: "‘Ik ga’, zei Vos, ‘maar niet graag’", "Maar, gaf zij toe, ‘het kan’."."""
    lead = frame.before(quotation)
    if not lead.rstrip().endswith(",") or (
        not lead.lstrip(" .").startswith((",", ";")) and frame.sentence.quotations[0] is not quotation
    ):
        # After an earlier quotation the cue needs no comma before it where that one ends in a comma itself.
        earlier = [q for q in frame.sentence.quotations if q.after <= quotation.opening]
        if not lead.rstrip().endswith(",") or not earlier or frame.text[earlier[-1].end - 1] not in ",?!…":
            return None
    start = quotation.opening - len(lead)
    for found in context.found:
        if found.cue is not None and start <= frame.words[found.cue.at].start < quotation.opening:
            return _found(frame, quotation, found.kind, found.cue, found.subject, "amid")
    for cue in frame.spoken_cues:
        at = frame.words[cue.finite].start
        if (
            start <= at < quotation.opening
            and frame.between(start, at).rstrip().endswith(",")
            and _closes(frame, cue, quotation)
        ):
            subject = subject_of(frame, cue)
            if subject.mentions:
                return _found(frame, quotation, "direct", cue, subject, "amid")
    return None


def possessed_words(frame: Frame, quotation: Quotation, context: Context) -> Verdict:
    """The words belong to someone: "‘Nooit meer’, luidde haar antwoord"."""
    match = _POSSESSED_WORDS.match(frame.text, quotation.after, frame.sentence.end)
    if match is None:
        return None
    kind = _kind(frame, quotation)
    owner = match.group("owner").lower()
    cue = next((c for c in frame.cues if quotation.after <= frame.words[c.at].start < match.end()), None)
    if owner in lexicon().possessives:
        position = frame.sentence.word_at_or_after(match.start("owner"))
        mention = possessive(frame, position)
        return _found(frame, quotation, kind, cue, Subject((mention,)), "possessed_words")
    owners = [m for m in frame.mentions if m.start >= match.end() and m.start - match.end() < 3]
    if owners and match.group().endswith("van"):
        return _found(frame, quotation, kind, cue, Subject(joined(frame, owners[0])), "possessed_words")
    return _found(frame, quotation, kind, cue, UNSAID, "possessed_words")


def cue_after(frame: Frame, quotation: Quotation, context: Context) -> Verdict:
    """The cue follows the quotation: "‘Wij gaan door’, zei minister Vos", "‘Goed zo’, aldus de premier"."""
    cue = _cue_right_after(frame, quotation)
    if cue is None or _belongs_to_naming_before(frame, quotation):
        return None
    kind = _kind(frame, quotation)
    if cue.verb.lemma in IMPERSONAL:
        anonymous = cue.verb.lemma in ANONYMOUS
        return Found(quotation.start, quotation.end, kind, frame, cue, UNSAID, "cue_after", is_anonymous=anonymous)
    subject = subject_of(frame, cue)
    if subject.is_generic:
        return NOT_SAID
    return _found(frame, quotation, kind, cue, subject, "cue_after")


def in_owned_clause(frame: Frame, quotation: Quotation, context: Context) -> Verdict:
    """A fragment in the clause of a noun for words is its owner's: "Het verwijt van Vos dat het ‘zweeft’ is hard"."""
    for _, dat, owner in nouns_with_clause(frame):
        last = frame.sentence.word_at_or_after(quotation.opening)
        commas = [i for i in range(dat + 1, last) if "," in frame.between(frame.words[i - 1].end, frame.words[i].start)]
        if frame.words[dat].start < quotation.opening and not any(frame.is_verb(position) for position in commas):
            return _found(frame, quotation, "partial", None, Subject((owner,)), "in_owned_clause")
    return None


def any_verb_after(frame: Frame, quotation: Quotation, context: Context) -> Verdict:
    """A verb of no list with its subject follows: "‘Daar gaan we’, kraait Vos", "‘Nee’, prevelde ze"."""
    position = frame.sentence.word_at_or_after(quotation.after)
    if position + 1 >= len(frame.words) or frame.syntax is None or _belongs_to_naming_before(frame, quotation):
        return None
    verb, gap = frame.words[position], frame.between(quotation.after, frame.words[position].start).strip()
    speaker = frame.mention_starting(position + 1)
    led = gap == "," or frame.text[quotation.end - 1] in ",?!"
    if not led or speaker is None or speaker.genitive or verb.lower in lexicon().auxiliaries:
        return None
    if speaker.surface.lower() in _OBJECTS:
        # "Het verwijt dat hij ‘zweeft’, raakt hem": it is done to him.
        return None
    if not frame.syntax.is_finite(verb.start):
        return None
    known = Verb(verb.lower, "marked", "finite", (), is_particle_verb=False)
    cue = Cue(known, position, position, (position,), verb.text, refused=False)
    return _found(frame, quotation, _kind(frame, quotation), cue, Subject(joined(frame, speaker)), "any_verb_after")


def within_clause(frame: Frame, quotation: Quotation, context: Context) -> Verdict:
    """A fragment in a clause with a cue: "Vos noemt het plan ‘onzin’", "Volgens haar is het ‘te laat’"."""
    governing = _governing_cue(frame, quotation)
    if governing is None:
        return None
    cue, subject = governing
    opens = not frame.between(frame.sentence.start, quotation.opening).strip() and frame.text[quotation.after :][
        :2
    ] in (" –", " -")
    kind = _kind(frame, quotation) if opens or _is_led_in(frame, quotation, cue) else "partial"
    return _found(frame, quotation, kind, cue, subject, "within_clause")


def marked_clause(frame: Frame, quotation: Quotation, context: Context) -> Verdict:
    """A clause that somebody's deed leads to: "Vos wil met hem praten, ‘maar die zit op het geld’"."""
    first = frame.text[quotation.start : quotation.end].split(" ", 1)[0].lower()
    gap = frame.before(quotation)
    if first not in _CONJOINING or not gap.rstrip().endswith(",") or frame.syntax is None or frame.cues:
        return None
    if frame.between(quotation.after, frame.content_end).strip() or not frame.syntax.has_finite(
        quotation.start, quotation.end
    ):
        return None
    actor = main_subject(frame)
    is_body = actor is not None and any(title in lexicon().bodies for title in actor.titles)
    if actor is None or is_body or actor.start > quotation.opening:
        return None
    return Found(quotation.start, quotation.end, "partial", frame, None, Subject((actor,)), "marked_clause")


def told_in_next_sentence(frame: Frame, quotation: Quotation, context: Context) -> Verdict:
    """The next sentence says whose words they were: "De kas is ‘zo goed als leeg’. Dat zei Vos maandag."."""
    following = next_in_paragraph(frame, context.frames)
    if following is None or names_a_thing(frame, quotation):
        return None
    cue = backward_cue(following)
    if cue is None:
        return None
    subject = subject_of(following, cue)
    if subject.is_generic or not subject.mentions:
        return None
    return Found(quotation.start, quotation.end, "partial", following, cue, subject, "told_in_next_sentence")


def scare_quotes(frame: Frame, quotation: Quotation, context: Context) -> Verdict:
    """Marked words without anybody saying them: "De ‘groene golf’ is weer aangezet."."""
    return NOT_SAID


RULES: tuple[Rule, ...] = (
    with_these_words,
    title_or_name,
    word_as_word,
    heading,
    taken_up_again,
    free_standing,
    after_colon,
    possessed_words,
    amid,
    cue_after,
    in_owned_clause,
    any_verb_after,
    within_clause,
    marked_clause,
    told_in_next_sentence,
    scare_quotes,
)


def backward_cue(frame: Frame) -> Cue | None:
    """Give the cue of a sentence that only tells who said the one before it ("Dat heeft Vos gezegd"), or None."""
    words = frame.words
    if (
        len(words) < 3
        or frame.sentence.quotations
        or frame.text[frame.content_end : frame.sentence.end].startswith("?")
    ):
        return None
    opens = words[0].lower in ("dat", "dit", "zulks")
    for cue in frame.cues:
        if cue.refused or cue.tier in ("prepositional", "naming") or cue.verb.lemma in _ANSWERS_BACK:
            continue
        if cue.verb.lemma == TAKES_UP:
            return cue
        if opens and cue.finite == 1:
            return cue if not _has_own_content(frame, cue) else None
        if cue.finite + 1 < len(words) and cue.finite == cue.at and is_pronoun_dat(frame, cue.finite + 1):
            return cue
        between = [word.lower for word in words[cue.finite + 1 : cue.at]]
        if cue.verb.form == "participle" and "dat" in between and cue.at >= len(words) - 2:
            return cue
    return None


def _is_of_a_text(frame: Frame, cue: Cue) -> bool:
    """Whether it is a text that sounds so ("De tekst op de site luidt: ...")."""
    token = frame.syntax.subject_of(frame.words[cue.at].start) if frame.syntax else None
    return token is not None and token.lower_ in lexicon().documents | lexicon().inscription_nouns


_REPORTING = frozenset({"dat", "of", "te", "hoe"})


_ANSWERS_BACK = frozenset(
    {"ontkennen", "bestrijden", "betwijfelen", "tegenspreken", "afvragen", "uitsluiten", "snappen", "begrijpen"}
)


def is_pronoun_dat(frame: Frame, dat: int) -> bool:
    """Whether a "dat" before a moment stands for what was said already: "Vos zei dat maandag toen hij aankwam"."""
    words = frame.words
    if words[dat].lower != "dat" or dat + 1 >= len(words) or not words[dat + 1].lower.startswith(_MOMENTS):
        return False
    for position in range(dat + 2, len(words)):
        gap = frame.between(words[position - 1].end, words[position].start)
        if "," in gap or words[position].lower in _ADVERBIAL:
            return True
        if frame.is_verb(position):
            return False
    return True


def _has_own_content(frame: Frame, cue: Cue) -> bool:
    """Whether a clause follows a comma ("Dat zei hij ook, dat ..."); after a noun "dat" is relative."""
    return any(
        word.lower == "dat" and "," in frame.between(before.end, word.start)
        for before, word in pairwise(frame.words[cue.at : cue.at + 12])
    )


def _found(frame: Frame, quotation: Quotation, kind: Kind, cue: Cue | None, subject: Subject, rule: str) -> Found:
    return Found(quotation.start, quotation.end, kind, frame, cue, subject, rule)


def _implicit(frame: Frame, quotation: Quotation, rule: str) -> Found:
    return Found(quotation.start, quotation.end, "direct", frame, None, UNSAID, rule)


def _kind(frame: Frame, quotation: Quotation, *, after_lead: bool = False) -> Kind:
    """A whole utterance begins its sentence, or begins with a capital; other marked words are a fragment."""
    begins_high = frame.text[quotation.start : quotation.start + 3].lstrip("'’‘").lstrip()[:1]
    at_start = not frame.between(frame.sentence.start, quotation.opening).strip()
    if after_lead:
        return "direct" if not begins_high.islower() else "partial"
    return "direct" if at_start or begins_high.isupper() else "partial"


def _cue_right_after(frame: Frame, quotation: Quotation) -> Cue | None:
    """Give the cue whose clause follows a quotation directly."""
    position = frame.sentence.word_at_or_after(quotation.after)
    if position >= len(frame.words):
        return None
    gap = frame.between(quotation.after, frame.words[position].start).strip()
    if gap not in ("", ",", ".", ",,", "–", "-"):
        return None
    last = frame.text[quotation.end - 1]
    for cue in frame.spoken_cues:
        first = min(cue.finite, cue.words[0])
        follows = first == position or (first == position + 1 and frame.words[position].lower in ("zo", "aldus"))
        if follows and (gap or last in ",?!….–-" or cue.verb.form == "preposition" or cue.tier != "prepositional"):
            return cue if gap or last in ",?!….–-" or _inverts(frame, cue) else None
    if gap == "," and frame.is_verb(position):
        later = [cue for cue in frame.spoken_cues if cue.at > position and cue.verb.lemma == "kwijt willen"]
        return later[0] if later else None
    return None


def _belongs_to_naming_before(frame: Frame, quotation: Quotation) -> bool:
    """See "Waar Vos nog sprak van ‘een ramp’, noemt hij ...": the words right before the mark lay claim to it."""
    before = frame.word_before(quotation.opening)
    if before is None or frame.between(before.end, quotation.opening).strip():
        return False
    return any(cue.tier == "naming" and frame.words[cue.words[-1]] is before for cue in frame.spoken_cues)


def _inverts(frame: Frame, cue: Cue) -> bool:
    """Without a comma the subject must follow: "‘Kom!’ roept Vos", not "‘Onzin’ vindt hij niet erg"."""
    return any(mention.first == cue.finite + 1 for mention in frame.mentions) and cue.tier != "prepositional"


def _closes(frame: Frame, cue: Cue, quotation: Quotation) -> bool:
    """Whether nothing but the cue's clause stands between its verb and a quotation."""
    tail = frame.between(frame.words[cue.finite].end, quotation.opening)
    return len(tail) < 80 and not any(word in f" {tail} " for word in (" dat ", " of ", " om "))


def _is_led_in(frame: Frame, quotation: Quotation, cue: Cue) -> bool:
    """Whether marked words after a cue are a clause of their own ("Vos zei ‘Dat komt goed’")."""
    before = frame.word_before(quotation.opening)
    return (
        before is not None
        and frame.words[cue.at].end <= before.end
        and before.lower not in ("dat", "van", "een", "de", "het")
    )


def _governing_cue(frame: Frame, quotation: Quotation) -> tuple[Cue, Subject] | None:
    """Find the cue in whose clause a fragment stands: the one before it that is not itself reported, else one after."""
    preceding = [cue for cue in frame.spoken_cues if frame.words[cue.at].start < quotation.opening]
    following = [cue for cue in frame.spoken_cues if frame.words[cue.at].start > quotation.opening]
    blocked = _refused_before(frame, quotation)
    governing: tuple[Cue, Subject] | None = None
    for cue in preceding if not blocked else []:
        subject = subject_of(frame, cue)
        impersonal = cue.verb.lemma in IMPERSONAL
        if impersonal and not _is_het_cue(frame, cue):
            continue
        if subject.is_generic and not impersonal:
            continue
        if governing is None or starts_own_clause(frame, cue, subject):
            governing = cue, UNSAID if impersonal else subject
        elif _is_other_voice(cue, subject, governing[1]):
            # "Zij zei dat Vos ‘nooit’ had beloofd": the fragment is his, told by her.
            return None
    if governing is not None:
        return governing
    for cue in following:
        subject = subject_of(frame, cue)
        if cue.verb.lemma in IMPERSONAL or subject.is_generic or not subject.mentions:
            continue
        if _hears_back(frame, cue, quotation):
            return cue, subject
    return None


def starts_own_clause(frame: Frame, cue: Cue, subject: Subject) -> bool:
    """Whether a later cue begins a clause of its own (", maar noemde ...", ", Vos vindt"), not a reported one."""
    start = frame.words[cue.finite].start
    if subject.mentions and subject.mentions[0].end <= start:
        start = subject.mentions[0].start
    openers = [word.lower for word in frame.words[: cue.finite] if word.lower in _ADVERBIAL or word.lower in _REPORTING]
    if openers and openers[-1] in _ADVERBIAL:
        return True
    lead = frame.between(max(frame.sentence.start, start - 12), start).rstrip()
    last = lead.rsplit(" ", 1)[-1].lower()
    return (
        lead.endswith((",", ";"))
        or last in ("en", "maar", "terwijl", "want", "dus", "al")
        or cue.tier == "prepositional"
    )


def _is_other_voice(cue: Cue, subject: Subject, outer: Subject) -> bool:
    if cue.verb.form == "infinitive" or not subject.mentions or not outer.mentions:
        return False
    return (
        subject.mentions[0].kind != "pronoun" and subject.mentions[0] is not outer.mentions[0] and cue.tier != "stance"
    )


def _refused_before(frame: Frame, quotation: Quotation) -> bool:
    """Whether marked words stand in what was refused or only rumoured, with no clause of its own after that."""
    before = [cue for cue in frame.cues if frame.words[cue.at].start < quotation.opening]
    if not any(cue.refused for cue in before):
        return False
    last = before[-1]
    return last.refused or not starts_own_clause(frame, last, subject_of(frame, last))


def _is_het_cue(frame: Frame, cue: Cue) -> bool:
    """See "heette het dat" and "zo staat te lezen": impersonal, yet somebody's words."""
    if cue.verb.lemma in ("te lezen zijn", "geschreven staan"):
        return True
    following = frame.words[cue.finite + 1].lower if cue.finite + 1 < len(frame.words) else ""
    return following == "het"


def _hears_back(frame: Frame, cue: Cue, quotation: Quotation) -> bool:
    """Whether a cue after a fragment covers it: it ends its clause, or follows a comma ("..., moest hij toegeven")."""
    finite = frame.words[cue.finite]
    if finite.start < quotation.opening or cue.tier == "naming":
        return True
    gap = frame.between(quotation.after, finite.start)
    return gap.rstrip().endswith(",") or cue.tier == "prepositional" or gap.count(",") == 0
