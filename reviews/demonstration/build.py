"""The builder: people and articles, every step at its own moment of the past months, in the order of time."""

import heapq
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.utils import timezone

from oracle import clock

from ..founding import found
from .people import ADMINISTRATOR, Cast, Moment, invite
from .stories import STORIES, Story

FOUNDED: Moment = (1190, "09:00")


def build() -> None:
    """Make the whole demonstration, or nothing: an interrupted start leaves no half of it."""
    today = clock.today()
    with transaction.atomic():
        with clock.moved_to(moment_of(FOUNDED, today)):
            cast = invite()
            found(by=cast[ADMINISTRATOR])
        play(STORIES, cast, today)


def play(stories: Iterable[Story], cast: Cast, today: date) -> None:
    """Let the stories take their steps in turn, the earliest first, so that the record runs forward in time."""
    waiting: list[tuple[datetime, int, Iterator[Moment]]] = []
    for place, story in enumerate(stories):
        steps = story(cast)
        waiting.append((moment_of(next(steps), today), place, steps))
    heapq.heapify(waiting)
    while waiting:
        moment, place, steps = heapq.heappop(waiting)
        with clock.moved_to(moment):
            following = next(steps, None)
        if following:
            heapq.heappush(waiting, (moment_of(following, today), place, steps))


def moment_of(moment: Moment, today: date) -> datetime:
    """The aware date and time, in the site's time zone, of so many days before `today`."""
    days, at = moment
    return timezone.make_aware(datetime.combine(today - timedelta(days=days), time.fromisoformat(at)))
