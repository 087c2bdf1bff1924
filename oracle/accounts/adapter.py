"""How allauth behaves here: nobody signs up by themselves; accounts are made by invitation."""

import logging
from typing import Any, cast

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.account.internal.stagekit import clear_login
from django.contrib.auth import get_backends
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from oracle.audit.history import record
from oracle.context import DESKS
from oracle.refusals import Refusal

from .models import User

log = logging.getLogger("oracle.sign_in")


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Closed for sign-up; a new password stands in the record, and every try to sign in in the log."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never."""
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """The first desk that the person's roles open; for those without one, the articles."""
        person = cast(User, request.user)
        desks = (name for name, _, roles in DESKS if person.has_role(*roles))
        return reverse(next(desks, "home"))

    def set_password(self, user: User, password: str) -> None:
        """Save a password that the person chose; the record says that, and keeps no trace of the password."""
        with transaction.atomic():
            # What comes may be the request's lazy user, which cannot be saved with history, and is older than the lock.
            fresh = User.objects.select_for_update(no_key=True).get(pk=user.pk)
            if fresh.password != user.password:
                raise Refusal("This account was changed at the same moment; no password was set. Ask for a new link.")
            fresh.set_password(password)
            record(fresh, by=fresh, event="user.password")
        user.password = fresh.password

    def pre_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse | None:
        """Stop whom the backend refuses; allauth by itself goes on with an active account and its password."""
        if not any(cast(Any, backend).user_can_authenticate(user) for backend in get_backends()):
            clear_login(request)
            return cast(HttpResponse, self.respond_user_inactive(request, user))
        return cast("HttpResponse | None", super().pre_login(request, user, **kwargs))

    def login(self, request: HttpRequest, user: User) -> None:
        """Begin a session and log it."""
        super().login(request, user)
        used = ["password", *(str(row["type"]) for row in _records(request) if row.get("method") == "mfa")]
        log.info("sign-in of account %d, factor %s", user.pk, " and ".join(used))

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        # allauth's own begins with the Host header, so that every spelling of the host would have tries of its own.
        return str(credentials.get("email", "")).lower()

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Log a failed try by the account's number; what was typed is not kept, it may be a password."""
        number = User.objects.filter(email__iexact=credentials.get("email", "")).values_list("pk", flat=True).first()
        whose = f"to account {number}" if number else "to no account"
        log.warning("sign-in refused %s, factor password", whose)


def _records(request: HttpRequest) -> list[dict[str, Any]]:
    # What allauth noted of this sign-in's steps.
    return cast("list[dict[str, Any]]", request.session.get(AUTHENTICATION_METHODS_SESSION_KEY, []))
