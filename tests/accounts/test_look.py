"""What the shared template tags say about times."""

from datetime import UTC, datetime

from accounts.templatetags.look import days_left, last_day, moment


def test_a_clock_is_told_by_its_last_day() -> None:
    midnight = datetime(2026, 11, 26, 5, tzinfo=UTC)  # the end of November 25 in New York
    assert "the end of Nov 25, 2026 (New York)" in last_day(midnight)
    assert 'datetime="2026-11-26T05:00:00+00:00"' in last_day(midnight)


def test_the_midnight_itself_would_name_the_wrong_day() -> None:
    assert "Nov 26, 2026" in moment(datetime(2026, 11, 26, 5, tzinfo=UTC))


def test_days_are_told_in_words() -> None:
    assert [days_left(n) for n in (None, -2, 0, 1, 5)] == [
        "",
        "overdue by 2 days",
        "due today",
        "1 day left",
        "5 days left",
    ]
