"""`manage.py compare FILE`: a backup against the living database."""

from collections.abc import Iterable
from pathlib import Path

from ...comparing import Compared
from ...restoring import compare
from . import restore


class Command(restore.Command):
    """Says line by line what it compared; changes nothing."""

    help = "Compares a backup with the database that the site serves from: rows, guards, owners and rights."
    same = "Everything is the same."

    def compared(self, path: Path) -> Iterable[Compared]:
        """What is compared."""
        return compare(path)
