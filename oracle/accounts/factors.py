"""Second factors: an authenticator app, passkeys, recovery codes.

The rows and their secrets are allauth's and outside the record; `User.factors` tells in it what a person has, and since
when. Whoever changes a factor proves who they are at that moment (`authentication`); the person is told by mail.
"""

import logging
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from allauth.mfa.utils import decrypt, encrypt
from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string
from django.utils.crypto import constant_time_compare

from oracle import clock
from oracle.audit.history import record
from oracle.refusals import Refusal

from .models import User

APP, PASSKEY, CODES = Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN, Authenticator.Type.RECOVERY_CODES
STEP = 30  # seconds for which an app shows one code
LONGEST_NAME = 60
log = logging.getLogger("oracle.sign_in")


def second_factors(user: Any) -> Any:
    """The query of a person's second factors, by id or as an `OuterRef` of it; recovery codes alone are none."""
    return Authenticator.objects.filter(user_id=user, type__in=(APP, PASSKEY))


def enrolled(user: User) -> bool:
    """Has the person a second factor?"""
    return bool(second_factors(user.pk).exists())


def of(user: User) -> list[Authenticator]:
    """The person's factors, oldest first."""
    return [*Authenticator.objects.filter(user_id=user.pk).order_by("pk")]


def step_of(secret: str, code: str, *, after: int = -1) -> int | None:
    """The step of time whose code this is: the present one or a neighbour, later than `after`; None if it is of none.

    Clocks of telephones differ by seconds, and a code is typed while the next one comes.
    """
    present, typed = int(clock.now().timestamp()) // STEP, code.replace(" ", "")
    steps = range(max(present - 1, after + 1), present + 2)
    return next((step for step in steps if constant_time_compare(code_at(secret, step), typed)), None)


def code_at(secret: str, step: int) -> str:
    """What an app with this secret shows at a step of time (RFC 6238)."""
    return str(format_hotp_value(hotp_value(secret, step)))


def use_code(user: User, code: str) -> str | None:
    """Take a code of the app, or a recovery code, for this once; gives back which of the two, None if it is neither.

    The row keeps the step of the last code taken, under its lock: no code is taken twice, by any process.
    """
    with transaction.atomic():
        rows = Authenticator.objects.select_for_update().filter(user_id=user.pk, type__in=(APP, CODES))
        found = {row.type: row for row in rows}
        if APP in found and _take_step(found[APP], code):
            return "code"
        spare = CODES in found and found[CODES].wrap().validate_code(code.replace(" ", ""))
        return "recovery code" if spare else None


def _take_step(row: Authenticator, code: str) -> bool:
    step = step_of(decrypt(row.data["secret"]), code, after=row.data.get("step", -1))
    if step is None:
        return False
    row.data["step"], row.last_used_at = step, clock.now()
    row.save()
    return True


def add_app(user: User, secret: str, code: str) -> list[str]:
    """Enrol an app that shows `code` now; gives back new recovery codes if the person had none.

    Raises `Refusal` when the code is not of this secret, or an app is there already.
    """
    step = check_new_app(secret, code)
    with transaction.atomic():
        user = _locked(user)
        if Authenticator.objects.filter(user_id=user.pk, type=APP).exists():
            raise Refusal("An authenticator app is set up already; remove that one first.")
        Authenticator.objects.create(
            user=user, type=APP, data={"secret": encrypt(secret), "step": step}, created_at=clock.now()
        )
        return _added(user)


def check_new_app(secret: str, code: str) -> int:
    """The step of time whose code a new app shows; refused if it shows another."""
    step = step_of(secret, code)
    if step is None:
        raise Refusal("This is not the code that the app should show now. Look again, and check the device’s clock.")
    return step


def add_passkey(user: User, name: str, credential: dict[str, object]) -> list[str]:
    """Enrol a passkey whose registration was verified; gives back new recovery codes if the person had none."""
    with transaction.atomic():
        user = _locked(user)
        name = " ".join(name.split())[:LONGEST_NAME] or "Passkey"
        data = {"name": name, "credential": credential}
        Authenticator.objects.create(user=user, type=PASSKEY, data=data, created_at=clock.now())
        return _added(user)


def _added(user: User) -> list[str]:
    had = Authenticator.objects.filter(user_id=user.pk, type=CODES).exists()
    codes = [] if had else _make_codes(user)
    _note(user, "user.factor_added", "A second factor was added to your account.")
    return codes


def new_codes(user: User) -> list[str]:
    """Ten new recovery codes in the place of the old ones."""
    with transaction.atomic():
        user = _locked(user)
        if not enrolled(user):
            raise Refusal("Recovery codes stand in for a second factor; set one up first.")
        codes = _make_codes(user)
        _note(user, "user.recovery_codes", "New recovery codes were made for your account; the old ones are void.")
        return codes


def _make_codes(user: User) -> list[str]:
    Authenticator.objects.filter(user_id=user.pk, type=CODES).delete()
    made = RecoveryCodes.activate(user)
    made.instance.created_at = clock.now()
    made.instance.save()
    return [str(code) for code in made.generate_codes()]


def remove(user: User, factor: int) -> None:
    """Take one of the person's own factors away; with the last of them the recovery codes go too."""
    with transaction.atomic():
        user = _locked(user)
        gone, _ = Authenticator.objects.filter(user_id=user.pk, type__in=(APP, PASSKEY), pk=factor).delete()
        if not gone:
            raise Refusal("This second factor is gone already; nothing was changed.")
        if not enrolled(user):
            Authenticator.objects.filter(user_id=user.pk).delete()
        _note(user, "user.factor_removed", "A second factor was taken off your account.")


def names(user: User) -> list[str]:
    """What the person has, in words; no secret is among them."""
    words = {APP: "authenticator app"}
    found = of(user)
    spare = [f"recovery codes of {row.created_at:%Y-%m-%d %H:%M:%S}" for row in found if row.type == CODES]
    return [words.get(row.type) or f"passkey {row.wrap().name}" for row in found if row.type != CODES] + spare


def tell(user: User, sentence: str) -> None:
    """Mail the person what has changed; the message waits in the outbox."""
    context = {"user": user, "sentence": sentence, "at": clock.now(), "site_name": settings.SITE_NAME}
    body = render_to_string("emails/factor_changed.txt", context | {"contact": settings.CONTACT_EMAIL})
    send_mail(f"Your account at {settings.SITE_NAME}: second factor", body, None, [user.email])


def _locked(user: User) -> User:
    # The request's user is lazy and older than the lock.
    return User.objects.select_for_update(no_key=True).get(pk=user.pk)


def _note(user: User, event: str, sentence: str) -> None:
    user.factors = names(user)
    record(user, by=user, event=event)
    log.info("%s by account %d", event, user.pk)
    tell(user, sentence)
