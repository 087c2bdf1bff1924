"""A bar chart of one state's medians, as numbers for an SVG drawn by `templates/reviews/chart.html`."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from articles.models import State

from .stays import Stay

# In the units of the drawing, which scales to the place it is given.
SLOT, WIDTH, TALLEST = 29, 20, 96
GROUND, LETTERS, HEIGHT = 120, 136, 142


@dataclass(frozen=True)
class Bar:
    """One month's bar: its left edge and middle, its top and height, its value in days, and the month's letter."""

    x: int
    middle: int
    y: float
    height: float
    value: str
    letter: str


@dataclass(frozen=True)
class Chart:
    """One drawing; `description` says in a sentence what it shows."""

    key: str
    title: str
    description: str
    bars: list[Bar]
    width: int
    height: int = HEIGHT
    ground: int = GROUND
    letters: int = LETTERS
    bar_width: int = WIDTH


def charts(found: Iterable[Stay], months: Sequence[date]) -> list[Chart]:
    """A chart for each state that was left in any of the months, the oldest month first."""
    stays = list(found)
    return [
        _chart(state, {stay.month: stay for stay in stays if stay.state == state}, sorted(months))
        for state in State
        if any(stay.state == state for stay in stays)
    ]


def _chart(state: State, stays: dict[date, Stay], months: Sequence[date]) -> Chart:
    most = max((stay.days for stay in stays.values()), default=0)
    bars = [_bar(place, month, stays.get(month), most) for place, month in enumerate(months)]
    title = f"Median days {'as ' if state == State.DRAFT else ''}{state.label}"
    return Chart(state.value, title, _description(stays, months), bars, SLOT * len(months))


def _bar(place: int, month: date, stay: Stay | None, most: float) -> Bar:
    height = round(TALLEST * stay.days / most, 1) if stay and most else 0.0
    left = SLOT * place + (SLOT - WIDTH) // 2
    value = stay.in_words if stay else ""
    return Bar(left, SLOT * place + SLOT // 2, GROUND - height, height, value, f"{month:%b}"[0])


def _description(stays: dict[date, Stay], months: Sequence[date]) -> str:
    told = [stays[month] for month in months if month in stays]
    newest, most = told[-1], max(told, key=lambda stay: stay.days)
    return (
        f"From {months[0]:%B %Y} to {months[-1]:%B %Y}. Most: {most.in_words} days in {most.month:%B %Y}. "
        f"Newest: {newest.in_words} days in {newest.month:%B %Y}."
    )
