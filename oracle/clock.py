"""The application's one clock: every date the product writes is read here.

Only the demonstration and the tests may move it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

from django.utils import timezone

_offset = timedelta()


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC) + _offset


def today() -> date:
    """The present day in the site's time zone; a day ends at its midnight."""
    return timezone.localdate(now())


def day_of(moment: datetime) -> date:
    """The day on which a moment (aware) falls in the site's time zone."""
    return timezone.localdate(moment)


@contextmanager
def moved_to(moment: datetime) -> Iterator[None]:
    """Let the clock run on from `moment` (aware) inside the block."""
    global _offset
    before = _offset
    _offset = moment - datetime.now(UTC)
    try:
        yield
    finally:
        _offset = before
