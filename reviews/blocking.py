"""Five wrong proofs in fifteen minutes block signing for a person, and are reported at once (21 CFR 11.300(d))."""

import logging
from datetime import timedelta

from django.conf import settings
from django.urls import reverse

from oracle import clock
from oracle.accounts.models import Role, User
from oracle.outbox import letters
from oracle.refusals import NotAllowed

from .models import SigningFailure

WINDOW, TRIES = timedelta(minutes=15), 5
log = logging.getLogger("oracle.signing")


def wrong_proofs(by: User) -> int:
    """How many passwords, codes and passkeys were wrong in the last fifteen minutes."""
    return SigningFailure.objects.filter(by=by, wrong_proof=True, at__gt=clock.now() - WINDOW).count()


def check(by: User) -> None:
    """Refuse while signing is blocked, whatever is given; such tries do not make the block longer."""
    if wrong_proofs(by) >= TRIES:
        raise NotAllowed(
            "Signing is blocked for 15 minutes after five wrong passwords, codes or passkeys; "
            "the administrators were told. Nothing was signed."
        )


def report_if_blocked(by: User) -> None:
    """After a wrong proof: if it was the one that blocks, tell the administrators, once for each block."""
    if wrong_proofs(by) != TRIES:
        return
    log.warning("signing blocked for account %d: %d wrong proofs in 15 minutes", by.pk, TRIES)
    newest = SigningFailure.objects.filter(by=by).select_related("article").latest("pk")
    context = {"by": by, "at": newest.at, "failure": newest, "link": letters.link(reverse("person", args=[by.pk]))}
    # One message to each, so that none waits for another's address; without an administrator, to the site's own.
    told = [*User.objects.having(Role.ADMINISTRATOR)] or [User(email=settings.CONTACT_EMAIL)]
    subject = f"Signing is blocked for {by.name}"
    letters.post(letters.letter(to, subject, "emails/blocked.txt", context) for to in told)
