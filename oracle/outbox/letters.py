"""Letters: plain-text messages, each to one person, with whole links to this site. They wait in the outbox."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.template.loader import render_to_string

from oracle.accounts.models import User

LONGEST_SUBJECT = 200


def link(path: str) -> str:
    """The whole address of a path of this site; a command has no request to ask."""
    return settings.SITE_URL + path


def one_line(words: str) -> str:
    """Text as one line: no header of a message, and no line of it, can be begun by what somebody typed."""
    return " ".join(words.split())


def letter(to: User, subject: str, template: str, context: Mapping[str, Any]) -> EmailMessage:
    """A message to one person, of whom the template knows as `to`; the subject is cut to 200 characters."""
    body = render_to_string(template, {"to": to, "site_name": settings.SITE_NAME, **context})
    return EmailMessage(one_line(subject)[:LONGEST_SUBJECT], body, None, [to.email])


def post(letters: Iterable[EmailMessage]) -> None:
    """Hand the letters to the outbox, in the transaction of their cause."""
    get_connection().send_messages(list(letters))
