"""Timing: works that are compared take turns, so that whatever else the machine does falls on all of them alike."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import median
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

WARM_UP = 3


@dataclass(frozen=True)
class Line:
    """One line of the table. `met` is None where there is no aim."""

    what: str
    figure: str
    aim: str = ""
    met: bool | None = None


@dataclass(frozen=True)
class Work:
    """What is timed: `run` of what `prepare` made; the preparation is not timed."""

    run: Callable[[Any], Any]
    prepare: Callable[[], Any] = lambda: None


def medians(works: Mapping[str, Work], repeats: int, *, warm_up: int = WARM_UP) -> dict[str, float]:
    """The median time of each work in milliseconds, after a few turns that do not count."""
    times: dict[str, list[float]] = {name: [] for name in works}
    for turn in range(warm_up + repeats):
        for name, work in works.items():
            made = work.prepare()
            began = time.perf_counter()
            work.run(made)
            took = time.perf_counter() - began
            if turn >= warm_up:
                times[name].append(took * 1000)
    return {name: median(found) for name, found in times.items()}


def statements(work: Work) -> int:
    """How many statements the work sends, those that begin and end transactions and savepoints included."""
    made = work.prepare()
    with CaptureQueriesContext(connection) as captured:
        work.run(made)
    return len(captured)


def queries(run: Callable[[], Any]) -> int:
    """The same without what begins and ends transactions."""
    with CaptureQueriesContext(connection) as captured:
        run()
    return sum(not query["sql"].startswith(("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")) for query in captured)


def at_most(what: str, value: float, aim: float, unit: str, *, told: str = "") -> Line:
    """A line whose figure is to be no more than the aim."""
    return Line(what, f"{told}{value:.{_digits(value)}f}{unit}", f"≤ {aim:g}{unit}", value <= aim)


def at_least(what: str, value: float, aim: float) -> Line:
    """A line whose ratio is to be no less than the aim."""
    return Line(what, f"{value:.2f}×", f"≥ {aim:g}×", value >= aim)


def _digits(value: float) -> int:
    return 2 if value < 10 else 0
