"""How a chat is set: one message, edited in place, with a button for each choice."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Protocol

from babel.dates import get_day_names

from bot.messages.callbacks import Action, Callback, encode
from bot.messages.markup import Html, bold, italic, joined
from bot.messages.reader import LANGUAGES, Reader
from bot.messages.values import Button, Message

Rows = tuple[tuple[Button, ...], ...]

LANGUAGE_NAMES = {"nl": "Nederlands", "en": "English"}
TIMEZONES = (
    *("Europe/Amsterdam", "Europe/Brussels", "Europe/London", "Europe/Athens", "America/New_York"),
    *("America/Aruba", "America/Curacao", "America/Paramaribo", "Asia/Jakarta", "UTC"),
)
"""Time zones that can be chosen: where Dutch is read, and where its correspondents are."""

LIMITS = (5, 10, 20, 50)
"""Messages a day that can be chosen, besides no limit."""

QUIET_HOURS = ((22, 7), (23, 7), (23, 8), (0, 6), (18, 8))
"""Hours at which quiet hours may begin and end with one tap."""

HOURS = (6, 7, 8, 9, 12, 16, 17, 18, 20, 22)
"""Hours at which a digest can come."""

MUTED_FOR = (1, 3, 8, 24)
"""Hours for which a chat can be muted with one tap."""


class Settings(Protocol):
    """What a chat chose (see ``storage.tables.Chat``)."""

    @property
    def language(self) -> str:
        """``nl`` or ``en``."""

    @property
    def timezone(self) -> str:
        """IANA time zone."""

    @property
    def quiet_from(self) -> int | None:
        """Minute of the local day at which quiet hours begin; None for none."""

    @property
    def quiet_until(self) -> int | None:
        """Minute at which they end."""

    @property
    def is_silent(self) -> bool:
        """Whether alerts come without a sound."""

    @property
    def messages_a_day(self) -> int | None:
        """How many alerts a day at most; None for no limit."""

    @property
    def shows_previews(self) -> bool:
        """Whether links are previewed."""

    @property
    def alert_topic(self) -> int | None:
        """Topic to which alerts go; None for where each was followed."""

    @property
    def members_may_change(self) -> bool:
        """Whether all members of a group may change what is set."""

    @property
    def muted_until(self) -> datetime | None:
        """Until when nothing is told."""

    @property
    def digest(self) -> str:
        """``off``, ``daily`` or ``weekly``."""

    @property
    def digest_hour(self) -> int:
        """The local hour of the digest."""

    @property
    def digest_day(self) -> int:
        """The day of a weekly one, Monday being 0."""


def settings_message(reader: Reader, chosen: Settings, *, topic_id: int = 0, change: str | Html = "") -> Message:
    """Show how a chat is set.

    Args:
        reader: For whom.
        chosen: The settings.
        topic_id: The topic in which it is shown, 0 for none.
        change: What was changed just now, and by whom; empty for nothing.
    """
    lines = [
        _line(reader.say("Language"), LANGUAGE_NAMES[chosen.language]),
        _line(reader.say("Time zone"), _city(chosen.timezone)),
        _line(reader.say("Quiet hours"), quiet_text(reader, chosen)),
        _line(reader.say("Sound"), reader.say("off") if chosen.is_silent else reader.say("on")),
        _line(reader.say("Messages a day"), limit_text(reader, chosen.messages_a_day)),
        _line(reader.say("Link previews"), reader.say("on") if chosen.shows_previews else reader.say("off")),
        _line(reader.say("Digest"), digest_text(reader, chosen)),
    ]
    if reader.is_group:
        lines.append(_line(reader.say("Alerts come"), _place(reader, chosen, topic_id)))
        who = reader.say("all members") if chosen.members_may_change else reader.say("administrators only")
        lines.append(_line(reader.say("Who may change this"), who))
    text = joined("\n\n", [bold(reader.say("Settings")), joined("\n", lines), italic(change) if change else None])
    return Message(text, _main_rows(reader, chosen))


def settings_page(reader: Reader, chosen: Settings, page: str) -> Message | None:
    """Show what can be chosen for one setting; None where there is no such page."""
    match page:
        case "language":
            rows = [[(LANGUAGE_NAMES[code], f"language={code}", code == chosen.language) for code in LANGUAGES]]
            return _page(reader, reader.say("Language"), rows)
        case "timezone":
            zones = [(_city(zone), f"timezone={zone}", zone == chosen.timezone) for zone in TIMEZONES]
            return _page(reader, reader.say("Time zone"), _in_rows(zones, 2))
        case "limit":
            limits = [(str(number), f"limit={number}", number == chosen.messages_a_day) for number in LIMITS]
            none = (reader.label("no limit"), "limit=none", chosen.messages_a_day is None)
            hint = reader.say("What goes beyond it stands in the digest.")
            return _page(reader, reader.say("Messages a day"), [limits, [none]], hint)
        case "quiet":
            return _quiet_page(reader, chosen)
        case _:
            return None


def digest_page(reader: Reader, chosen: Settings, *, change: str | Html = "") -> Message:
    """Show when the digest comes, with what can be chosen instead, and a button for one now.

    Args:
        reader: For whom.
        chosen: The settings.
        change: What was changed just now, and by whom; empty for nothing.
    """
    day, hour = chosen.digest_day, chosen.digest_hour
    kinds = [
        (reader.label("off"), "off", chosen.digest == "off"),
        (reader.label("daily"), f"daily.{hour}", chosen.digest == "daily"),
        (reader.label("weekly"), f"weekly.{day}.{hour}", chosen.digest == "weekly"),
    ]
    rows = [kinds]
    if chosen.digest == "daily":
        hours = [(_hour(number), f"daily.{number}", number == hour) for number in HOURS]
        rows += _in_rows(hours, 5)
    if chosen.digest == "weekly":
        names = get_day_names("abbreviated", locale=reader.language)
        rows.append([(names[number].rstrip("."), f"weekly.{number}.{hour}", number == day) for number in range(7)])
        hours = [(_hour(number), f"weekly.{day}.{number}", number == hour) for number in HOURS]
        rows += _in_rows(hours, 5)
    now = Button(reader.label("Show it now"), data=encode(Callback("overview")))
    text = joined(
        "\n\n",
        [
            joined(": ", [bold(reader.say("Digest")), digest_text(reader, chosen)]),
            reader.say("By story: what was said, what turned or shifted, what was corrected and what was promised."),
            italic(change) if change else None,
        ],
    )
    return Message(text, (*_rows(rows, "digest"), (now,), (_back(reader),)))


def quiet_text(reader: Reader, chosen: Settings) -> Html | str:
    """Write the quiet hours: "22:00–07:00"."""
    if chosen.quiet_from is None or chosen.quiet_until is None:
        return reader.say("none")
    return f"{_minute(chosen.quiet_from)}–{_minute(chosen.quiet_until)}"


def limit_text(reader: Reader, limit: int | None) -> Html | str:
    """Write how many messages a day a chat wants."""
    return reader.say("no limit") if limit is None else str(limit)


def digest_text(reader: Reader, chosen: Settings) -> Html:
    """Write when the digest comes: "daily at 08:00"."""
    if chosen.digest == "daily":
        return reader.say("daily at {hour}", hour=_hour(chosen.digest_hour))
    if chosen.digest == "weekly":
        day = get_day_names("wide", locale=reader.language)[chosen.digest_day]
        return reader.say("on {day} at {hour}", day=day, hour=_hour(chosen.digest_hour))
    return reader.say("off")


def changed(reader: Reader, what: str | Html, name: str) -> Html:
    """Write what was changed and, in a group, by whom."""
    if reader.is_group and name:
        return reader.say("Changed by {name}: {what}", name=name, what=what)
    return reader.say("Changed: {what}", what=what)


def muted(reader: Reader, until: datetime, now: datetime, name: str) -> Message:
    """Tell that a chat hears nothing for a while, and offer to end it.

    Args:
        reader: For whom.
        until: Until when.
        now: The present moment.
        name: Who asked for it, as a group is told.
    """
    moment = clock(reader, until, now)
    if reader.is_group and name:
        text = reader.say(
            "Muted by {name}, until {moment}. What comes meanwhile is told then.", name=name, moment=moment
        )
    else:
        text = reader.say("Muted until {moment}. What comes meanwhile is told then.", moment=moment)
    return Message(text, ((_button(reader.label("Undo"), "mute", "off"),),))


def unmuted(reader: Reader, name: str) -> Message:
    """Tell that a chat hears everything again."""
    if reader.is_group and name:
        return Message(reader.say("No longer muted, by {name}.", name=name))
    return Message(reader.say("No longer muted."))


def choose_mute(reader: Reader, until: datetime | None, now: datetime) -> Message:
    """Ask for how long a chat is to hear nothing; what already holds can be ended."""
    hours = tuple(
        _button(str(reader.count("{number} hour", "{number} hours", number)), "mute", str(number * 60))
        for number in MUTED_FOR
    )
    if until is None or until <= now:
        return Message(reader.say("For how long is it to be quiet here?"), (hours,))
    text = reader.say("Muted until {moment}.", moment=clock(reader, until, now))
    return Message(text, (hours, (_button(reader.label("End it"), "mute", "off"),)))


def silenced(reader: Reader, until: datetime, now: datetime, name: str, story_id: int) -> Message:
    """Tell that a story is not told any further for a while, who asked for it, and offer to undo it."""
    moment = clock(reader, until, now)
    if reader.is_group and name:
        text = reader.say("Silenced by {name}, until {moment}.", name=name, moment=moment)
    else:
        text = reader.say("Silent about this until {moment}.", moment=moment)
    return Message(text, ((_button(reader.label("Undo"), "silence", f"undo.{story_id}"),),))


def unsilenced(reader: Reader, name: str) -> Message:
    """Tell that a story is told on."""
    if reader.is_group and name:
        return Message(reader.say("This is told on, at the request of {name}.", name=name))
    return Message(reader.say("This is told on."))


def alerts_come_here(reader: Reader, name: str, *, is_topic: bool) -> Message:
    """Tell that all alerts of a chat come to where that was said."""
    if is_topic:
        text = reader.say("All alerts come in this topic from now on.")
    else:
        text = reader.say("All alerts come here from now on, outside the topics.")
    by = changed(reader, reader.say("topic"), name) if reader.is_group and name else None
    undo = _button(reader.label("Where each was followed"), "settings", "topic=each")
    return Message(joined("\n", [text, italic(by) if by else None]), ((undo,),))


def limit_reached(reader: Reader, limit: int) -> Message:
    """Tell, once a day, that a chat's messages of the day are used up."""
    text = reader.count(
        "That was today's {number} message: the rest is in the digest.",
        "Those were today's {number} messages: the rest is in the digest.",
        limit,
    )
    row = (
        Button(reader.label("Show the digest"), data=encode(Callback("overview"))),
        _button(reader.label("Messages a day"), "settings", "limit"),
    )
    return Message(text, (row,), is_silent=True)


def clock(reader: Reader, moment: datetime, now: datetime) -> str:
    """Write a moment of today or tomorrow as one says it: "23:10", or with its day where that is another."""
    day, today = reader.local_day(moment), reader.local_day(now)
    time = reader.moment(moment).rpartition(", ")[2]
    if day == today:
        return time
    return f"{_day_name(reader, day, today)} {time}"


def _day_name(reader: Reader, day: date, today: date) -> str:
    return reader.label("tomorrow") if day == today + timedelta(days=1) else reader.day(day)


def _main_rows(reader: Reader, chosen: Settings) -> Rows:
    sound = reader.label("Sound on") if chosen.is_silent else reader.label("Sound off")
    previews = reader.label("Previews off") if chosen.shows_previews else reader.label("Previews on")
    rows = [
        [_setting(reader.label("Language"), "language"), _setting(reader.label("Time zone"), "timezone")],
        [_setting(reader.label("Quiet hours"), "quiet"), _setting(sound, f"silent={int(not chosen.is_silent)}")],
        [
            _setting(reader.label("Messages a day"), "limit"),
            _setting(previews, f"previews={int(not chosen.shows_previews)}"),
        ],
        [_button(reader.label("Digest"), "digest", "")],
    ]
    if reader.is_group:
        is_gathered = chosen.alert_topic is not None
        where = reader.label("Where each was followed") if is_gathered else reader.label("All alerts here")
        who = (
            reader.label("Administrators only")
            if chosen.members_may_change
            else reader.label("Let members change this")
        )
        rows.append([_setting(where, "topic=each" if is_gathered else "topic=here")])
        rows.append([_setting(who, f"members={int(not chosen.members_may_change)}")])
    return tuple(tuple(row) for row in rows)


def _quiet_page(reader: Reader, chosen: Settings) -> Message:
    now = (chosen.quiet_from, chosen.quiet_until)
    presets = [
        (f"{_hour(first)}–{_hour(last)}", f"quiet={first * 60}-{last * 60}", now == (first * 60, last * 60))
        for first, last in QUIET_HOURS
    ]
    rows = [*_in_rows(presets, 2), [(reader.label("none"), "quiet=off", chosen.quiet_from is None)]]
    first, last = chosen.quiet_from, chosen.quiet_until
    if first is not None and last is not None:
        later, earlier = (first + 30) % _DAY, (first - 30) % _DAY
        longer, shorter = (last + 30) % _DAY, (last - 30) % _DAY
        rows.append(
            [
                ("← " + _minute(earlier), f"quiet={earlier}-{last}", False),
                (_minute(later) + " →", f"quiet={later}-{last}", False),
            ]
        )
        rows.append(
            [
                ("← " + _minute(shorter), f"quiet={first}-{shorter}", False),
                (_minute(longer) + " →", f"quiet={first}-{longer}", False),
            ]
        )
    hint = reader.say("What comes meanwhile is told at their end; a subscription may pass through them.")
    title = joined(": ", [reader.say("Quiet hours"), quiet_text(reader, chosen)])
    return _page(reader, title, rows, hint)


Choice = tuple[str, str, bool]


def _page(reader: Reader, title: Html, rows: Sequence[Sequence[Choice]], hint: Html | None = None) -> Message:
    text = joined("\n\n", [bold(title), hint])
    return Message(text, (*_rows(rows, "settings"), (_back(reader),)))


def _rows(rows: Sequence[Sequence[Choice]], action: Action) -> Rows:
    return tuple(
        tuple(_button(f"✓ {label}" if is_chosen else label, action, words) for label, words, is_chosen in row)
        for row in rows
    )


def _in_rows(choices: list[Choice], length: int) -> list[list[Choice]]:
    return [choices[start : start + length] for start in range(0, len(choices), length)]


def _place(reader: Reader, chosen: Settings, topic_id: int) -> Html:
    if chosen.alert_topic is None:
        return reader.say("where each was followed")
    if chosen.alert_topic == 0:
        return reader.say("outside the topics")
    return reader.say("in this topic") if chosen.alert_topic == topic_id else reader.say("in one topic")


def _line(name: Html, value: str | Html) -> Html:
    return joined(": ", [name, bold(value)])


def _setting(label: str, words: str) -> Button:
    return _button(label, "settings", words)


def _back(reader: Reader) -> Button:
    return _setting(reader.label("‹ Settings"), "")


def _button(label: str, action: Action, words: str) -> Button:
    return Button(label, data=encode(Callback(action, words=words)))


def _city(timezone: str) -> str:
    return timezone.rpartition("/")[2].replace("_", " ")


def _hour(hour: int) -> str:
    return _minute(hour * 60)


def _minute(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


_DAY = 24 * 60
