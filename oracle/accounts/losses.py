"""A lost second factor: reported at once, taken away by a second person (21 CFR 11.200(a)(3), 11.300(c)).

The report ends every session and stops signing. Whoever made it cannot be the one who takes the factors away; the
person may report their own loss, so a site with one administrator has two people for it as well.
"""

import logging

from allauth.mfa.models import Authenticator
from django.db import transaction

from oracle import clock
from oracle.audit.history import record
from oracle.refusals import NotAllowed, Refusal

from .factors import enrolled, tell
from .models import User
from .people import locked

# Who made a link may have used it: without a mail server it was on their screen.
LINKS = ("user.link", "user.reactivate")
log = logging.getLogger("oracle.sign_in")


def report(user: User, *, by: User, reason: str) -> User:
    """Say that a second factor is lost: the person's own word, or an administrator's."""
    with transaction.atomic():
        own = user.pk == by.pk
        user = User.objects.select_for_update(no_key=True).get(pk=user.pk) if own else locked(user, by, reason)
        if not enrolled(user):
            raise Refusal(f"{user.name} has no second factor that could be lost.")
        if user.loss_reported_by_id:
            raise Refusal("The loss is reported already.")
        user.loss_reported_by, user.signed_out_at = by, clock.now()
        record(user, by=by, event="user.factor_lost", reason=reason.strip())
        log.warning("second factor of account %d reported as lost by account %d", user.pk, by.pk)
        tell(user, "Your second factor was reported as lost. You are signed out everywhere, and nothing can be signed.")
    return user


def take_away(user: User, *, by: User, reason: str) -> User:
    """Take the factors away that were reported as lost; the person signs in by password and sets up new ones."""
    with transaction.atomic():
        user = locked(user, by, reason)
        if not user.loss_reported_by_id:
            raise Refusal("Nobody has reported a loss. Report it first; another administrator takes the factors away.")
        if user.loss_reported_by_id == by.pk:
            raise NotAllowed("You reported the loss; another administrator must take the factors away.")
        if _made_the_last_link(by, user):
            raise NotAllowed("You made the last link for this password; another administrator must do this.")
        Authenticator.objects.filter(user_id=user.pk).delete()
        user.loss_reported_by, user.factors = None, []
        record(user, by=by, event="user.factors_reset", reason=reason.strip())
        log.warning("second factors of account %d taken away by account %d", user.pk, by.pk)
        tell(user, "Your second factors were taken away after the loss. Sign in and set up new ones.")
    return user


def _made_the_last_link(by: User, user: User) -> bool:
    last = user.history.filter(history_event__in=LINKS).order_by("-history_id").first()
    return last is not None and last.history_user_id == by.pk
