"""Sessions in the database, of which a failed save is called what it is (SESSION_ENGINE)."""

from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import UpdateError
from django.db import OperationalError


class SessionStore(db.SessionStore):
    """Django's own takes every failure of an update for a sign-out at the same moment, and answers 400."""

    def save(self, must_create: bool = False) -> None:
        """Raise `OperationalError` where the database went away; the answer is then a 503."""
        try:
            super().save(must_create)
        except UpdateError as error:
            if isinstance(error.__context__, OperationalError):
                raise error.__context__ from None
            raise
