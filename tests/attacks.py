"""Ways to write behind the verbs' back, as the web role itself."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import Error, connection, transaction


def as_app(sql: str, *values: Any) -> None:
    """Run one statement as `app`, in a transaction of its own that commits."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)


@contextmanager
def refused(words: str = "") -> Iterator[None]:
    """The database itself refuses what the block does, at once or at commit, for the reason that `words` name."""
    with pytest.raises(Error, match=words), transaction.atomic():
        yield


def rows(sql: str, *values: Any) -> list[tuple[Any, ...]]:
    """What a query gives back."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()
