"""What an administrator does with accounts, and a person's own choice of mail. Nothing is deleted.

Nobody acts on their own account but for that choice.
"""

from collections.abc import Iterable

from django.db import transaction
from django.db.models import Q

from oracle.audit.history import record
from oracle.refusals import NotAllowed, Refusal

from .models import Mail, Role, User


def change_roles(user: User, roles: Iterable[str], *, by: User, reason: str) -> User:
    """Give `user` exactly these roles, with a reason."""
    with transaction.atomic():
        user = locked(user, by, reason)
        chosen = _in_order(roles)
        if chosen == user.roles:
            raise Refusal(f"{user.name} has these roles already; nothing was changed.")
        user.roles = chosen
        return record(user, by=by, event="user.roles", reason=reason.strip())


def deactivate(user: User, *, by: User, reason: str) -> User:
    """Close an account: its sessions end and its password is void. What the person did stays as it is."""
    with transaction.atomic():
        user = locked(user, by, reason)
        if not user.is_active:
            raise Refusal(f"The account of {user.name} is deactivated already.")
        user.is_active = False
        user.set_unusable_password()
        return record(user, by=by, event="user.deactivate", reason=reason.strip())


def reactivate(user: User, *, by: User, reason: str) -> User:
    """Open a deactivated account again; it has no password until a link sets one."""
    with transaction.atomic():
        user = locked(user, by, reason)
        if user.is_active:
            raise Refusal(f"The account of {user.name} is active already.")
        user.is_active = True
        return record(user, by=by, event="user.reactivate", reason=reason.strip())


def void_password(user: User, *, by: User, reason: str) -> User:
    """Make room for a new first password: the old one, its sessions and every older link no longer work.

    The old password goes so that nobody can be signed in by somebody else's link without noticing.
    """
    with transaction.atomic():
        user = locked(user, by, reason)
        if not user.is_active:
            raise Refusal(f"The account of {user.name} is deactivated; reactivate it first.")
        user.set_unusable_password()
        return record(user, by=by, event="user.link", reason=reason.strip())


def choose_mail(user: User, choice: str) -> User:
    """A person's own choice, one of `Mail`; the one thing here that nobody else does."""
    with transaction.atomic():
        user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
        user.mail = Mail(choice)
        return record(user, by=user, event="user.mail")


def locked(user: User, by: User, reason: str) -> User:
    """The account of somebody else, locked for a step of an active administrator that has a reason."""
    # The acting administrator's row is locked too: of two who deactivate each other at once, one is refused,
    # and so an active administrator is always left.
    if user.pk == by.pk:
        raise NotAllowed("Nobody changes their own account here; ask another administrator.")
    if not reason.strip():
        raise Refusal("Give a reason; it stays on record.")
    rows = User.objects.select_for_update(no_key=True).filter(Q(pk=user.pk) | Q(pk=by.pk)).order_by("pk")
    people = {row.pk: row for row in rows}
    if not people[by.pk].has_role(Role.ADMINISTRATOR):
        raise NotAllowed("Only an active administrator may change accounts.")
    return people[user.pk]


def _in_order(roles: Iterable[str]) -> list[str]:
    chosen = set(roles)
    unknown = chosen - set(Role.values)
    if unknown:
        raise Refusal("Choose the roles from the list.")
    return [role for role in Role.values if role in chosen]
