"""What every test may ask for: the database, and the cast of people."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

# A machine that is busy is no fault of the code; speed is measured by `make bench` alone.
settings.register_profile("suite", deadline=None)
settings.load_profile("suite")

pytest.register_assert_rewrite("tests.cast", "tests.database")

from tests.cast import *  # noqa: E402, F403
from tests.database import *  # noqa: E402, F403

BROWSER = Path(__file__).parent / "browser"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs a browser."""
    for item in items:
        if BROWSER in item.path.parents:
            item.add_marker("browser")


def pytest_sessionfinish(session: pytest.Session) -> None:
    """With CI=true nothing is skipped: a test that was is a failure of the run."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CI") == "true" and reporter and reporter.stats.get("skipped"):
        reporter.write_line("CI=true, but tests were skipped.", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
