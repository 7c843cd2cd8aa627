"""Lanes hold Telegram's limits where Telegram measures them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.alerts.pace import Lanes, Pace

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def test_a_second_lies_between_two_messages_to_one_chat() -> None:
    lanes = Lanes(Pace())
    lanes.note(7, NOW)

    assert lanes.opens_at(7, NOW) == NOW + SECOND
    assert lanes.opens_at(8, NOW) == NOW
    assert lanes.pause(7, NOW + SECOND) == timedelta()


def test_a_group_gets_twenty_messages_a_minute_and_a_person_more() -> None:
    lanes = Lanes(Pace(overall_per_second=1000))
    for number in range(20):
        lanes.note(-100, NOW + number * SECOND)
        lanes.note(7, NOW + number * SECOND)
    later = NOW + 20 * SECOND

    assert lanes.opens_at(-100, later) == NOW + timedelta(minutes=1)
    assert lanes.opens_at(7, later) == later
    assert lanes.closed(later, beyond=timedelta(seconds=2)) == {-100}


def test_all_chats_together_share_the_limit_of_a_second() -> None:
    lanes = Lanes(Pace(overall_per_second=3))
    for chat_id in (1, 2, 3):
        lanes.note(chat_id, NOW + chat_id * timedelta(milliseconds=100))

    assert lanes.opens_at(4, NOW + timedelta(milliseconds=400)) == NOW + timedelta(milliseconds=1100)


def test_messages_on_their_way_count() -> None:
    lanes = Lanes(Pace(overall_per_second=2))
    lanes.start()
    lanes.start()

    assert lanes.opens_at(1, NOW) > NOW

    lanes.finish(1, NOW)
    lanes.finish(2, NOW)
    assert lanes.opens_at(3, NOW) == NOW + SECOND


def test_a_closed_lane_opens_when_it_was_said_to() -> None:
    lanes = Lanes(Pace())
    lanes.close(7, NOW + timedelta(minutes=5))

    assert lanes.closed(NOW, beyond=timedelta(hours=1)) == {7}
    assert lanes.opens_at(7, NOW) == NOW + timedelta(minutes=5)
    assert lanes.closed(NOW + timedelta(minutes=5), beyond=SECOND) == frozenset()


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from([-1, -2, 1, 2]), st.integers(0, 3000)), max_size=120),
    st.integers(1, 4),
    st.integers(1, 5),
)
def test_no_stretch_of_time_holds_more_than_the_limits(
    wishes: list[tuple[int, int]], per_minute: int, per_second: int
) -> None:
    lanes = Lanes(Pace(group_per_minute=per_minute, overall_per_second=per_second))
    now, sent = NOW, []
    for chat_id, pause in wishes:
        now = lanes.opens_at(chat_id, now + timedelta(milliseconds=pause))
        lanes.start()
        lanes.finish(chat_id, now)
        sent.append((chat_id, now))

    for place, (chat_id, moment) in enumerate(sent):
        since = sent[place:]
        assert sum(other < moment + SECOND for _, other in since) <= per_second
        assert sum(chat == chat_id and other < moment + SECOND for chat, other in since) == 1
        if chat_id < 0:
            assert sum(chat == chat_id and other < moment + 60 * SECOND for chat, other in since) <= per_minute
