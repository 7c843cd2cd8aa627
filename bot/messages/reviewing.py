"""Reviews of flagged pairs: the buttons under a flag, the reasons against it, and what a correction says."""

from __future__ import annotations

from urllib.parse import quote as percent_encoded

from bot.messages.callbacks import Action, Callback, encode
from bot.messages.markup import Html, bold, joined, shortened
from bot.messages.reader import Reader, noted
from bot.messages.shown import Reversal
from bot.messages.values import Button, Message
from bot.messages.wording import number, said

REASONS = {
    "other-subject": noted("another subject"),
    "other-time-or-place": noted("another year or place"),
    "condition": noted("a condition"),
    "not-own-view": noted("not their own view"),
    "no-contradiction": noted("no contradiction"),
    "wrong-speaker": noted("the wrong speaker"),
}
"""Why a pair is none, as it is kept and as it is shown. Buttons carry the place, so new ones go to the end."""

Rows = tuple[tuple[Button, ...], ...]

_SHARED_WORDS = 140
_SHARE = "https://t.me/share/url"


def review_buttons(reader: Reader, pair: Reversal, *, at: Callback, is_asking_why: bool = False) -> Rows:
    """Make the buttons with which a pair is reviewed.

    Args:
        reader: For whom.
        pair: The pair.
        at: The page on which it is shown, as its callbacks carry it.
        is_asking_why: Whether the reasons are offered from which one is chosen.

    Returns:
        The rows: the two verdicts, the one that stands with a tick, and an undo where one stands; for a confirmed
        pair a way to share it.
    """
    if is_asking_why:
        reasons = [
            (_button(reader.label(text), "reject", at, f"{pair.id}.{place}"),)
            for place, text in enumerate(REASONS.values())
        ]
        return (*reasons, (_button(reader.label("‹ back"), "look", at, str(pair.id)),))
    holds, none = reader.label("It holds"), _none_of_it(reader, pair)
    verdicts = (
        _button(f"✓ {holds}" if pair.state == "confirmed" else holds, "confirm", at, str(pair.id)),
        _button(f"✓ {none}" if pair.state == "rejected" else none, "ask_why", at, str(pair.id)),
    )
    if pair.state == "possible":
        return (verdicts,)
    undo = _button(reader.label("Undo"), "undo", at, str(pair.id))
    if pair.state == "confirmed":
        return (verdicts, (undo, Button(reader.label("Share"), url=_share(reader, pair))))
    return (verdicts, (undo,))


def reason_at(place: int) -> str | None:
    """Give the reason that a button carries by its place; None where there is none."""
    return list(REASONS)[place] if 0 <= place < len(REASONS) else None


def reason_text(reader: Reader, reason: str | None) -> Html | None:
    """Write a reason as it is shown; None for none, or for one that is no longer on the list."""
    return reader.say(REASONS[reason]) if reason in REASONS else None


def correction(reader: Reader, pair: Reversal) -> Message:
    """Tell, in answer to the message that flagged it, that a pair is none, or that this was taken back.

    Args:
        reader: For whom.
        pair: The pair, in its present state.
    """
    who = joined(" ", [bold(pair.later.person_name), f"({number(pair.later)} / {number(pair.earlier)})"])
    if pair.state != "rejected":
        return Message(reader.say("<b>Correction withdrawn</b>: {who}. The pair counts again.", who=who))
    reason = reason_text(reader, pair.reason)
    if pair.label == "shift":
        text = reader.say("<b>Correction</b>: no shift by {who}.", who=who)
    else:
        text = reader.say("<b>Correction</b>: no reversal by {who}.", who=who)
    return Message(joined(" ", [text, reader.say("Reason: {reason}.", reason=reason) if reason else None]))


def _none_of_it(reader: Reader, pair: Reversal) -> str:
    return reader.label("No shift") if pair.label == "shift" else reader.label("No reversal")


def _button(label: str, action: Action, at: Callback, words: str) -> Button:
    # A page of somebody whose token leaves no room is shown without the way back to its place.
    data = encode(Callback(action, at.person, at.offset, words)) or encode(Callback(action, words=words))
    return Button(label, data=data)


def _share(reader: Reader, pair: Reversal) -> str:
    """Give the address with which Telegram offers a pair to another chat."""
    sides = [
        f"{label} ({said(reader, quote)}): {shortened(quote.content, _SHARED_WORDS)}"
        for label, quote in ((reader.label("Now"), pair.later), (reader.label("Then"), pair.earlier))
    ]
    text = "\n".join([pair.later.person_name, *sides])
    source = next((outlet.url for outlet in pair.later.outlets if outlet.url), "")
    return f"{_SHARE}?url={percent_encoded(source, safe='')}&text={percent_encoded(text, safe='')}"
