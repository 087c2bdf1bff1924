"""The benchmark does not rot: it loads, and every part measures something, at the smallest size. Nothing is timed."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
PARTS = ("submit, statements", "*To do* of a reviewer, queries", "timeline, queries", "article page", "comparing two")


def test_the_benchmark_loads_measures_and_leaves_nothing() -> None:
    """In a process of its own, as `make bench` runs it, on databases of its own."""
    own = {"BENCHMARK_SUFFIX": f"_{os.getpid()}", "BENCHMARK_WORDS": "60", "DJANGO_SETTINGS_MODULE": ""}
    environment = {name: value for name, value in (os.environ | own).items() if value}
    command = [sys.executable, "-m", "tests.benchmarks", "--articles=2000", "--repeats=1"]
    parts = ["steps", "to-do", "record", "page", "compare"]
    done = subprocess.run(
        [*command, *parts], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=600, check=False
    )
    assert done.returncode == 0, done.stderr
    told = [line for part in PARTS for line in done.stdout.splitlines() if line.startswith(f"| {part}")]
    assert len(told) >= len(PARTS), done.stdout
