"""Commands that go on: the same step again and again, while the database may come and go."""

import logging
import time
from collections.abc import Callable
from typing import NoReturn

from django.db import InterfaceError, OperationalError, close_old_connections


def watch(step: Callable[[], object], *, every: int, log: logging.Logger) -> NoReturn:
    """Do the step, rest for so many seconds, and so on until the process is ended."""
    while True:
        try:
            close_old_connections()
            step()
        except (InterfaceError, OperationalError):
            log.warning("the database does not answer; trying again")
        time.sleep(every)
