"""How allauth behaves here: nobody signs up by themselves; accounts are made by invitation."""

import json
import logging
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.db import transaction
from django.http import HttpRequest

from oracle.audit.history import record

from .models import User

log = logging.getLogger("oracle.sign_in")


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Closed for sign-up; a new password stands in the record, and every try to sign in in the log."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never."""
        return False

    def set_password(self, user: User, password: str) -> None:
        """Save a password that the person chose; the record says that, and keeps no trace of the password."""
        with transaction.atomic():
            # What comes may be the request's lazy user, which cannot be saved with history.
            fresh = User.objects.get(pk=user.pk)
            fresh.set_password(password)
            record(fresh, by=fresh, event="user.password")
        user.password = fresh.password

    def login(self, request: HttpRequest, user: User) -> None:
        """Begin a session and log it."""
        super().login(request, user)
        log.info("sign-in of account %d, factor password", user.pk)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Log a failed try; the address is quoted as JSON, so that no line can be forged."""
        log.warning("sign-in refused for %s, factor password", json.dumps(credentials.get("email")))
