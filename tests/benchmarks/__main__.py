"""`make bench`: load two throw-away databases, measure everything in one run, print a table. See docs/speed.md."""

import argparse
import os
import platform
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.benchmarks.settings")

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402

from . import desks, pages, steps, workers  # noqa: E402
from .load import load  # noqa: E402
from .measure import Line  # noqa: E402
from .place import LARGE, SMALL, drop, exists, leave, serving  # noqa: E402

Part = Callable[[int], Iterator[Line]]
PARTS: dict[str, Part] = {
    "steps": steps.steps,
    "to-do": desks.to_do,
    "record": desks.record,
    "overviews": desks.overviews,
    "page": pages.article,
    "compare": pages.versions,
    "workers": workers.workers,
}


def arguments() -> argparse.Namespace:
    """What to measure, how large, how often."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("parts", nargs="*", help=f"only these: {', '.join(PARTS)}")
    parser.add_argument(
        "--articles", type=int, default=100_000, help="in the large database; the small has a hundredth"
    )
    parser.add_argument("--repeats", type=int, default=30, help="turns whose median counts")
    parser.add_argument("--keep", action="store_true", help="leave the databases for the next run with --keep")
    asked = parser.parse_args()
    unknown = set(asked.parts) - set(PARTS)
    if unknown:
        parser.error(f"there is no part {', '.join(sorted(unknown))}")
    return asked


def main() -> None:
    """Load, measure, print, drop."""
    asked = arguments()
    call_command("collectstatic", interactive=False, verbosity=0)
    began = time.perf_counter()
    try:
        if not (asked.keep and exists(SMALL) and exists(LARGE)):
            load({SMALL: asked.articles // 100, LARGE: asked.articles})
        print(f"Loaded in {time.perf_counter() - began:.0f} s.", file=sys.stderr)
        print(f"{machine()}\n\n| what | measured | aim | met |\n|---|---|---|---|")
        for name, part in PARTS.items():
            if name in asked.parts or not asked.parts:
                for line in part(asked.repeats):
                    met = {True: "yes", False: "**no**", None: ""}[line.met]
                    print(f"| {line.what} | {line.figure} | {line.aim} | {met} |", flush=True)
    finally:
        for name in (SMALL, LARGE):
            leave(name) if asked.keep else drop(name)


def machine() -> str:
    """The machine and the versions, and how busy the machine was."""
    found = [line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
    model = found[0].partition(":")[2].strip() if found else platform.processor()
    with serving(LARGE), connection.cursor() as cursor:
        cursor.execute("SELECT count(*), current_setting('server_version') FROM articles_article")
        articles, server = cursor.fetchone() or (0, "")
    versions = f"Python {platform.python_version()}, Django {django.get_version()}, PostgreSQL {server.split()[0]}"
    load = " ".join(f"{value:.1f}" for value in os.getloadavg())
    return f"{model}, {os.cpu_count()} cores, {platform.system()}; {versions}; {articles:,} articles; load {load}."


if __name__ == "__main__":
    main()
