"""Invitations: an account without a password, and a link that sets the first one."""

from collections.abc import Iterable

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse

from oracle.refusals import NotAllowed, Refusal

from .models import Role, User


def invite(email: str, name: str, roles: Iterable[str], *, by: User) -> User:
    """A new account in which nobody can sign in until its link was used; `by` is an administrator."""
    if not by.has_role(Role.ADMINISTRATOR):
        raise NotAllowed("Only an administrator may invite people.")
    return _account(email, name, roles, by)


def invite_outside_reviewer(email: str, name: str, *, by: User) -> User:
    """The same by a chair, for whoever is to review one article from outside the board."""
    if not by.has_role(Role.CHAIR):
        raise NotAllowed("Only the chair names outside reviewers.")
    return _account(email, name, [Role.REVIEWER], by)


def _account(email: str, name: str, roles: Iterable[str], by: User) -> User:
    if User.objects.filter(email__iexact=email).exists():
        raise Refusal("There is an account with this address already: back office, Accounts.")
    with transaction.atomic():
        return User.objects.create_user(email, name=" ".join(name.split()), roles=list(roles), by=by)


def path_of(user: User) -> str:
    """The path of the page on which `user` sets a password: once, within `PASSWORD_RESET_TIMEOUT` seconds."""
    key = {"uidb36": user_pk_to_url_str(user), "key": default_token_generator.make_token(user)}
    return reverse("account_reset_password_from_key", kwargs=key)


def send(user: User, link: str) -> None:
    """Mail the link; the message waits in the outbox."""
    days = settings.PASSWORD_RESET_TIMEOUT // (24 * 3600)
    body = render_to_string(
        "people/invitation.txt", {"user": user, "link": link, "site_name": settings.SITE_NAME, "days": days}
    )
    send_mail(f"Your account at {settings.SITE_NAME}", body, None, [user.email])
