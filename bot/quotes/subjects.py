"""Who the subject of a cue, and of a whole sentence, is."""

from __future__ import annotations

from itertools import pairwise

from bot.quotes.cues import PERCEPTION, TAKES_UP, Cue
from bot.quotes.frames import GENERIC, UNSAID, Frame, Subject
from bot.quotes.lexicon import lexicon
from bot.quotes.mention import Mention
from bot.quotes.owners import is_speech_noun, owned_nouns, owner_of, possessive

_SUBORDINATES = frozenset({"dat", "die", "waar", "waarin", "wie", "of", "omdat", "nadat", "als", "terwijl", "hoewel"})
_NO_SUBJECTS = frozenset({"dat", "dit", "het", "er", "wat", "die", "daar", "hier", "zich", "elkaar", "'t"})
_PASSIVE = frozenset({"wordt", "worden", "werd", "werden", "is", "zijn", "was", "waren"})
"""No verb of saying has its perfect with "zijn": "Vos is verteld dat ..." is told to him."""
_NOMINATIVE = frozenset({"hij", "zij", "ze", "ie"})
_LONGEST_CONDITION = 9
_GAP_WORDS = 5
_WORDS_TO_SKIP, _WORDS_BEFORE_NAME = 2, 5
"""Words between "volgens" and a mention: any two, and more within a title ("hoogleraar openbare financiën")."""
_CLAUSE_OPENERS = frozenset(
    {"dat", "of", "omdat", "nadat", "toen", "terwijl", "als", "voordat", "hoewel", "waarin", "zoals"}
)


def subject_of(frame: Frame, cue: Cue) -> Subject:
    """Find the subject of a cue.

    Args:
        frame: The sentence.
        cue: One of its cues.

    Returns:
        The subject, from the parse where it names one outside the quotations, else from the order of words: right
        before the finite verb, or after it.
    """
    known = frame.subjects.get(cue.at)
    if known is None:
        known = frame.subjects[cue.at] = _find_subject(frame, cue)
    return known


def _find_subject(frame: Frame, cue: Cue) -> Subject:
    if cue.verb.lemma == "naar eigen zeggen":
        beside = frame.mention_starting(cue.at - 1)
        is_beside = beside is not None and beside.surface.lower() in _NOMINATIVE
        mention = beside if is_beside else main_subject(frame)
        return Subject((mention,)) if mention else UNSAID
    if cue.tier == "prepositional":
        return _object_of_preposition(frame, cue)
    if cue.verb.lemma == TAKES_UP and cue.at == 1:
        owners = [owner for noun, _, owner in owned_nouns(frame) if noun > 1]
        return Subject((owners[0],)) if owners else GENERIC
    if cue.verb.form == "infinitive" and frame.words[cue.finite].lower in PERCEPTION:
        return _object_of_perception(frame, cue)
    if cue.verb.form == "participle" and frame.words[cue.finite].lower in _PASSIVE:
        return _agent(frame)
    generic = _generic_beside(frame, cue.finite)
    if generic:
        return GENERIC
    if _is_nobody(frame, cue) or _is_conditional(frame, cue):
        return GENERIC
    limit = _content_limit(frame, cue)
    mention = (
        _in_aside(frame, cue)
        or _first_constituent(frame, cue)
        or _pronoun_beside(frame, cue)
        or _by_parse(frame, cue, limit)
        or _by_order(frame, cue, limit)
    )
    if mention is None:
        return UNSAID
    if mention not in frame.mentions:
        return Subject((mention,))
    head = mention.name[0].lower() if mention.name else ""
    if head in lexicon().documents or any(title in lexicon().documents for title in mention.titles):
        return GENERIC
    return Subject(joined(frame, mention))


def joined(frame: Frame, mention: Mention) -> tuple[Mention, ...]:
    """Give a mention with those coordinated to it ("Hoekstra en De Jonge"), in order."""
    position = frame.mentions.index(mention)
    first = last = position
    while last + 1 < len(frame.mentions) and _is_linked(frame, last, last + 1):
        last += 1
    while first > 0 and _is_linked(frame, first - 1, first):
        first -= 1
    group = frame.mentions[first : last + 1]
    gaps = [_gap(frame, one, other) for one, other in pairwise(group)]
    # "Vos, Mulder en Bos" is a list; "Vos, Mulder" is not.
    if not gaps or gaps[-1] == ",":
        return (mention,)
    return tuple(group)


def _is_linked(frame: Frame, left: int, right: int) -> bool:
    """Whether two neighbouring mentions are parts of a list of the same kind."""
    one, other = frame.mentions[left], frame.mentions[right]
    if one.kind != other.kind or one.kind == "pronoun" or other.after_preposition:
        return False
    gap = _gap(frame, one, other)
    if gap == "als":
        return one.first > 0 and frame.words[one.first - 1].lower == "zowel"
    return gap in ("en", "én", "&") or (gap == "," and one.kind == "name")


def _gap(frame: Frame, one: Mention, other: Mention) -> str:
    return frame.between(one.end, other.start).strip()


_SAY_NOBODY = frozenset({"er", "dat", "dit", "het"})
"""Subjects behind which the one who acts may still come: "Dat gebeurde toen een boer opstond"."""


def main_subject(frame: Frame) -> Mention | None:
    """Give the mention that is the subject of the whole sentence: by the parse, else the first one not in a phrase."""
    opening = _opening_owner(frame) or _before_the_verb(frame) or _after_fronted_clause(frame)
    if opening is not None:
        return opening
    token = frame.syntax.root_subject() if frame.syntax else None
    if token is not None and frame.syntax is not None:
        start, _ = frame.syntax.span_of(token)
        if is_speech_noun(token.lower_) and not _in_quotation(frame, start):
            return owner_of(frame, frame.sentence.word_at_or_after(start))
        mention = frame.mention_at(start)
        if mention is not None and mention.genitive:
            # "Vos' collega Mulder is geschrokken": whose colleague he is stands before him.
            return frame.mention_starting(mention.last + 1)
        if mention is not None:
            return mention
        if not _in_quotation(frame, start) and token.lower_ not in _SAY_NOBODY:
            return None
    inverted = _after_fronted_clause(frame)
    if inverted is not None:
        return inverted
    for mention in frame.mentions:
        if _is_subordinate(frame, mention.first):
            return None
        if mention.demonstrative and mention.kind == "pronoun" and mention.first:
            # "richten zij hun pijlen op de premier die ...": relative.
            return None
        if not mention.after_preposition and not mention.genitive:
            return mention
    return None


def _opening_owner(frame: Frame) -> Mention | None:
    """Give whose words open the sentence ("Vos' eigen verklaring is kort", "De reactie van Vos volgde snel")."""
    for position, last, owner in owned_nouns(frame):
        opens = min(owner.first, position) <= 1 and not owner.plural
        if opens and last + 1 < len(frame.words) and frame.is_verb(last + 1):
            return owner
    return None


def _before_the_verb(frame: Frame) -> Mention | None:
    """Give who opens the sentence with the finite verb right behind ("Vos heeft haast: in mei moet Mulder weg")."""
    mention = frame.mention_starting(0)
    if mention is None or mention.genitive or mention.last + 1 >= len(frame.words):
        return None
    is_known = mention.kind != "name" or mention.is_surely_name
    return (
        mention
        if is_known and _is_next_to(frame, mention.last, mention.last + 1) and frame.is_verb(mention.last + 1)
        else None
    )


def _after_fronted_clause(frame: Frame) -> Mention | None:
    """Give the subject after the verb that follows a comma ("Het beeld dat Vos weifelt, herkende hij niet")."""
    for mention in frame.mentions:
        verb = mention.first - 1
        if verb < 1 or mention.genitive or mention.after_preposition or not _is_next_to(frame, verb, mention.first):
            continue
        gap = frame.between(frame.words[verb - 1].end, frame.words[verb].start)
        if gap.strip() == "," and frame.is_verb(verb):
            return mention
    return None


def _is_subordinate(frame: Frame, position: int) -> bool:
    """Whether a word stands in a clause that a subordinator opens."""
    for index in range(position):
        word = frame.words[index]
        after_comma = index > 0 and "," in frame.between(frame.words[index - 1].end, word.start)
        if word.lower in _SUBORDINATES and (after_comma or word.lower not in ("die", "dat")):
            return True
    return False


def _object_of_preposition(frame: Frame, cue: Cue) -> Subject:
    owner = next((index for index in cue.words if frame.words[index].lower in lexicon().possessives), None)
    if owner is not None:
        return Subject((possessive(frame, owner),))
    position = cue.at + 1 if cue.verb.lemma == "wat betreft" else cue.words[-1] + 1
    for skip in range(_WORDS_BEFORE_NAME):
        mention = frame.mention_starting(position + skip)
        if mention is not None:
            if any(title in lexicon().documents for title in mention.titles):
                return GENERIC
            return Subject(joined(frame, mention))
        if position + skip >= len(frame.words) or frame.words[position + skip].lower in lexicon().documents:
            return GENERIC
        if skip >= _WORDS_TO_SKIP and frame.is_verb(position + skip):
            return GENERIC
    return GENERIC


def _object_of_perception(frame: Frame, cue: Cue) -> Subject:
    """Find whom somebody hears say it ("hoorde hem zeggen dat"): the last one between the two verbs."""
    heard = [mention for mention in frame.mentions if cue.finite < mention.first and mention.last < cue.at]
    return Subject((heard[-1],)) if heard and not heard[-1].after_preposition else GENERIC


def _agent(frame: Frame) -> Subject:
    """Find who does it in a passive ("werd door de premier gezegd"); without "door" nobody is quoted."""
    agents = [mention for mention in frame.mentions if mention.after_preposition == "door"]
    return Subject(joined(frame, agents[0])) if agents else GENERIC


def _generic_beside(frame: Frame, finite: int) -> bool:
    lexicon_ = lexicon()
    after = frame.words[finite + 1].lower if finite + 1 < len(frame.words) else ""
    before = frame.words[finite - 1].lower if finite else ""
    has_subject = any(mention.last == finite - 1 and mention.kind == "pronoun" for mention in frame.mentions)
    if after in lexicon_.generic_subjects and after not in ("wie",) and not has_subject:
        return _is_next_to(frame, finite, finite + 1)
    return before in lexicon_.generic_subjects and _is_next_to(frame, finite - 1, finite)


def _is_next_to(frame: Frame, left: int, right: int) -> bool:
    return not frame.between(frame.words[left].end, frame.words[right].start).strip()


def _content_limit(frame: Frame, cue: Cue) -> int:
    """Give the index of the word with which the reported clause begins; no subject is looked for from there on."""
    for position in range(cue.at + 1, len(frame.words)):
        word = frame.words[position]
        if word.lower in ("dat", "of", "hoe", "waarom", "wie", "wat") and position > cue.at:
            return position
        if ":" in frame.between(frame.words[position - 1].end, word.start):
            return position
    return len(frame.words)


def _by_parse(frame: Frame, cue: Cue, limit: int) -> Mention | None:
    if frame.syntax is None:
        return None
    token = frame.syntax.subject_of(frame.words[cue.at].start)
    if token is None:
        token = frame.syntax.subject_of(frame.words[cue.finite].start)
    if token is None or token.lower_ in _NO_SUBJECTS:
        return None
    start, _ = frame.syntax.span_of(token)
    if _in_quotation(frame, start) or start >= _limit_offset(frame, limit):
        return None
    if ":" in frame.between(start, frame.words[cue.finite].start):
        # "Opvallend: Vos zei dat ...": what leads in a sentence is no subject of it.
        return None
    if is_speech_noun(token.lower_):
        return owner_of(frame, frame.sentence.word_at_or_after(start))
    mention = frame.mention_at(start)
    if mention is not None:
        return None if mention.genitive else _not_addressee(frame, cue, mention)
    if token.pos_ not in ("NOUN", "PROPN", "ADJ", "NUM") or token.lower_ in lexicon().documents:
        return None
    follower = frame.mention_starting(cue.finite + 1)
    if (
        follower is not None
        and _is_next_to(frame, cue.finite, cue.finite + 1)
        and start < frame.words[cue.finite].start
    ):
        # "In de brief schrijft Vos": whoever follows the verb is meant, not a thing before it.
        return None
    return _description(frame, token.i, start)


def _is_nobody(frame: Frame, cue: Cue) -> bool:
    """Whether the parse gives "niemand", a report, a law or the like as the subject: then nobody is quoted."""
    token = frame.syntax.subject_of(frame.words[cue.at].start) if frame.syntax else None
    if token is None:
        return False
    noun = token.lower_.rsplit("-", 1)[-1]
    return noun in lexicon().documents or token.lower_ in ("niemand", "iedereen", "iemand", "men")


def _is_conditional(frame: Frame, cue: Cue) -> bool:
    """Whether the cue stands in a condition ("Als Vos zegt dat het kan, geloof ik hem")."""
    for position in range(cue.finite - 1, max(-1, cue.finite - _LONGEST_CONDITION), -1):
        word = frame.words[position]
        if "," in frame.between(word.end, frame.words[position + 1].start):
            return False
        if word.lower in ("als", "indien", "tenzij", "mits"):
            if _is_in_the_role_of(frame, position, cue):
                return False
            if any(earlier.lower == "zowel" for earlier in frame.words[:position]):
                return False
            return any(position < mention.first < cue.finite for mention in frame.mentions)
    return False


def _in_aside(frame: Frame, cue: Cue) -> Mention | None:
    """Give the subject between the verb of an aside and the comma or end that closes it ("..., vindt Vos, ...")."""
    mention = frame.mention_starting(cue.finite + 1)
    if cue.finite == 0 or mention is None or mention.genitive or cue.finite != cue.at:
        return None
    opening = frame.between(frame.words[cue.finite - 1].end, frame.words[cue.finite].start).strip()
    closing = frame.between(mention.end, frame.sentence.end)[:1]
    return mention if opening == "," and closing in (",", ".") else None


def _is_in_the_role_of(frame: Frame, position: int, cue: Cue) -> bool:
    """Whether "als" leads in an office and no condition ("Als premier en leider van de partij zei Vos")."""
    return frame.mention_starting(cue.finite + 1) is not None and frame.words[position + 1].lower in lexicon().titles


def _pronoun_beside(frame: Frame, cue: Cue) -> Mention | None:
    """Give the nominative pronoun right beside the finite verb ("zei ze", "hij zei"): it is the subject."""
    for position in (cue.finite + 1, cue.finite - 1):
        if 0 <= position < len(frame.words) and frame.words[position].lower in _NOMINATIVE:
            left, right = sorted((position, cue.finite))
            mention = frame.mention_starting(position)
            if mention is not None and _is_next_to(frame, left, right):
                return mention
    return None


def _first_constituent(frame: Frame, cue: Cue) -> Mention | None:
    """Give who opens the sentence right before the finite verb: in a main clause that is its subject."""
    for mention in frame.mentions:
        opens = mention.first == 0 or (mention.first == 1 and frame.words[0].lower in ("maar", "en", "ook", "want"))
        if not opens or mention.after_preposition or mention.genitive or mention.last >= cue.finite:
            continue
        if mention.kind == "pronoun" or (mention.kind == "name" and not mention.is_surely_name):
            continue
        if _reaches(frame, mention, cue.finite):
            return mention
    return None


def _limit_offset(frame: Frame, limit: int) -> int:
    return frame.words[limit].start if limit < len(frame.words) else frame.sentence.end


def _not_addressee(frame: Frame, cue: Cue, mention: Mention) -> Mention | None:
    if mention.after_preposition and mention.after_preposition != "door":
        return None
    return mention


def _description(frame: Frame, token_index: int, start: int) -> Mention | None:
    """Make a mention of a subject that is in no list ("een vlogger")."""
    if frame.syntax is None:
        return None
    token = frame.syntax.token_at(start)
    if token is None or token.i != token_index:
        return None
    left, right = frame.syntax.phrase_of(token)
    first = frame.sentence.word_at_or_after(left)
    last = max(first, frame.sentence.word_at_or_after(right) - 1)
    if first >= len(frame.words):
        return None
    surface = frame.text[left:right]
    indefinite = surface.split(" ", 1)[0].lower() in ("een", "enkele", "sommige")
    plural = "Plur" in token.morph.get("Number", [])
    titles = (token.lower_,)
    mention = Mention(left, right, "role", surface, first, last, titles=titles, plural=plural, indefinite=indefinite)
    frame.mentions.append(mention)
    frame.mentions.sort(key=lambda other: other.start)
    return mention


def _by_order(frame: Frame, cue: Cue, limit: int) -> Mention | None:
    candidates = [
        m for m in frame.mentions if m.first < limit and not m.genitive and m.after_preposition in ("", "door")
    ]
    before = [m for m in candidates if m.last < cue.finite and _reaches(frame, m, cue.finite)]
    if before:
        return before[-1]
    after = [m for m in candidates if m.first > cue.finite and _only_adverbs(frame, cue.finite + 1, m.first)]
    if after:
        return after[0]
    relative = _antecedent(frame, cue)
    if relative is not None:
        return relative
    earlier = [m for m in candidates if m.last < cue.at]
    opener = max((i for i in range(cue.finite) if frame.words[i].lower in _CLAUSE_OPENERS), default=-1)
    in_clause = [m for m in earlier if m.first > opener]
    if in_clause:
        return in_clause[0]
    if earlier:
        return earlier[0]
    later = [m for m in candidates if m.first > cue.finite]
    return later[0] if later else None


def _reaches(frame: Frame, mention: Mention, finite: int) -> bool:
    """Whether only adverbs, or an apposition between commas, stand between a mention and the verb after it."""
    gap = frame.between(mention.end, frame.words[finite].start)
    if any(q.opening >= mention.end and q.after <= frame.words[finite].start for q in frame.sentence.quotations):
        return False
    if gap.lstrip().startswith(","):
        return gap.count(",") >= 2 and gap.rstrip().endswith(",")
    if "," in gap:
        return False
    return _only_adverbs(frame, mention.last + 1, finite)


def _only_adverbs(frame: Frame, start: int, end: int) -> bool:
    if end - start > _GAP_WORDS:
        return False
    lexicon_ = lexicon()
    if start > 0 and end < len(frame.words):
        gap = frame.between(frame.words[start - 1].end, frame.words[end].start)
        if any(mark in gap for mark in ",:;"):
            return False
    return all(word.lower in lexicon_.adverbs for word in frame.words[start:end])


def _antecedent(frame: Frame, cue: Cue) -> Mention | None:
    """Resolve the relative pronoun of "De bond, die het plan ... noemde"."""
    for position in range(cue.finite - 1, -1, -1):
        word = frame.words[position]
        if (
            word.lower in ("die", "dat")
            and position
            and frame.between(frame.words[position - 1].end, word.start).strip() == ","
        ):
            ending = [m for m in frame.mentions if m.last == position - 1]
            return ending[0] if ending else None
    return None


def _in_quotation(frame: Frame, offset: int) -> bool:
    return any(q.opening <= offset < q.after for q in frame.sentence.quotations)
