"""Deployment checks of the settings and the accounts (`manage.py check --deploy`); docs/checks.md has the table."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.checks import CheckMessage, Error, Warning, register
from django.db import Error as DatabaseError

from .accounts.demonstration import DEMONSTRATION_EMAILS
from .accounts.models import Role, User

DEVELOPMENT_KEY = "for-development-on-this-machine-only"
SHORTEST_KEY = 50
LOCAL = {"127.0.0.1", "localhost", "[::1]"}
DEFAULTS = {"RESPONSIBLE": "The editors of this site", "CONTACT_EMAIL": "editors@localhost"}

DEBUG_ON = Error(
    "DEBUG is on: errors show the site's inside, and the demonstration's accounts, with a known password, sign in.",
    hint="Take DEBUG=1 out of the environment.",
    id="oracle.E001",
)
WEAK_KEY = Error(
    "SECRET_KEY is short, or the one for development: whoever guesses it can forge sessions and links.",
    hint=f"Set SECRET_KEY to at least {SHORTEST_KEY} random characters; `manage.py setup` makes one.",
    id="oracle.E002",
)
NO_HTTPS = Error(
    "The site does not insist on HTTPS: passwords and sessions could be read on their way.",
    hint="Put a proxy with a certificate before the site, and set HTTPS=1 and TRUSTED_PROXIES=1.",
    id="oracle.E003",
)
NOT_COLLECTED = Error(
    "Styles and scripts are not collected; every page would fail.",
    hint="Run `manage.py collectstatic --no-input` after each change of the code.",
    id="oracle.E004",
)
DEMONSTRATION = Error(
    "This database holds the demonstration: invented people have signed its texts, and readers would believe them.",
    hint="Give the site a database of its own: ORACLE_DATABASE or DATABASE_URL.",
    id="oracle.E005",
)
NOBODY_RESPONSIBLE = Warning(
    "No person or body is named as responsible for the content; readers are told so on every page.",
    hint="Set RESPONSIBLE.",
    id="oracle.W004",
)
NO_CONTACT = Warning(
    "CONTACT_EMAIL is not set: readers are shown an address to which nobody can write.",
    hint="Set CONTACT_EMAIL.",
    id="oracle.W005",
)
ONLY_LOCAL = Warning(
    "ALLOWED_HOSTS names this machine only: every request from elsewhere is refused.",
    hint="Set ALLOWED_HOSTS to the names under which readers reach the site.",
    id="oracle.W006",
)
NO_MAIL = Warning(
    "There is no mail server: invitations and new passwords are handed out by administrators, by hand.",
    hint="Set EMAIL_HOST, and let `manage.py send_mail --watch` run beside the site.",
    id="oracle.W007",
)
NO_ADMINISTRATOR = Warning(
    "Nobody with an active account is an administrator, so nobody can invite people or change roles.",
    hint="An empty site gets its first administrator from `manage.py setup`.",
    id="oracle.W008",
)
NO_PROXY = Warning(
    "HTTPS is insisted on, and no proxy is believed: behind one every page would lead to itself for ever.",
    hint="Set TRUSTED_PROXIES to the number of proxies before the site; with 0 gunicorn itself must speak HTTPS.",
    id="oracle.W011",
)
NOT_ANSWERING = Warning(
    "The database could not be asked: whether there are an administrator, a board and own documents is not known.",
    hint="Run `manage.py check --deploy` where the site runs, after `manage.py migrate`, while PostgreSQL answers.",
    id="oracle.W010",
)


@register("oracle", deploy=True)
def settings_of_a_real_site(**options: Any) -> list[CheckMessage]:
    """What must, or should, be set before anybody reads the site."""
    return list(_wrong())


def _wrong() -> Iterator[CheckMessage]:
    if settings.DEBUG:
        yield DEBUG_ON
    if len(settings.SECRET_KEY) < SHORTEST_KEY or settings.SECRET_KEY == DEVELOPMENT_KEY:
        yield WEAK_KEY
    if not settings.SECURE_SSL_REDIRECT:
        yield NO_HTTPS
    elif not settings.SECURE_PROXY_SSL_HEADER:
        yield NO_PROXY
    manifest = getattr(staticfiles_storage, "manifest_name", None)
    if manifest and not (Path(settings.STATIC_ROOT) / manifest).exists():
        yield NOT_COLLECTED
    if settings.RESPONSIBLE in ("", DEFAULTS["RESPONSIBLE"]):
        yield NOBODY_RESPONSIBLE
    if settings.CONTACT_EMAIL in ("", DEFAULTS["CONTACT_EMAIL"]):
        yield NO_CONTACT
    if set(settings.ALLOWED_HOSTS) <= LOCAL:
        yield ONLY_LOCAL
    if not settings.EMAIL_HOST:
        yield NO_MAIL


@register("oracle", deploy=True)
def an_administrator(**options: Any) -> list[CheckMessage]:
    """Is there somebody who can let others in?"""
    try:
        found = User.objects.having(Role.ADMINISTRATOR).exists()
    except DatabaseError:
        return [NOT_ANSWERING]
    return [] if found else [NO_ADMINISTRATOR]


@register("oracle", deploy=True)
def no_demonstration(**options: Any) -> list[CheckMessage]:
    """Do invented people have accounts where the site serves? `an_administrator` says when the database is silent."""
    try:
        found = not settings.DEBUG and User.objects.filter(email__in=DEMONSTRATION_EMAILS).exists()
    except DatabaseError:
        return []
    return [DEMONSTRATION] if found else []
