"""A person's own page of second factors. Each change asks anew for password and, where enrolled, code or passkey."""

import logging
from collections.abc import Callable
from io import BytesIO
from typing import Any
from urllib.parse import quote, urlencode

from allauth.mfa.base.internal.flows import check_rate_limit
from allauth.mfa.totp.internal.auth import generate_totp_secret
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from oracle.refusals import NotAllowed, Refusal

from . import factors, losses, passkeys
from .authentication import WrongProof, ask_passkey, authenticate, parsed, proof_of, recall, remember
from .forms import AppForm, NameForm
from .requests import DeskRequest

PURPOSE, NEW_PASSKEY = "factors", "new passkey"
SECRET = "new_app_secret"  # noqa: S105 - the session's key for it
secret_fields = sensitive_post_parameters("password", "code", "passkey", "app_code")
log = logging.getLogger("oracle.sign_in")


@require_safe
def overview(request: DeskRequest) -> HttpResponse:
    """What the person has, and what can be done with it."""
    return render(request, "people/factors.html", _overview(request))


def _overview(request: DeskRequest) -> dict[str, Any]:
    found = factors.of(request.user)
    spare = next((row.wrap() for row in found if row.type == factors.CODES), None)
    return {
        "app": next((row for row in found if row.type == factors.APP), None),
        "passkeys": [(row, row.wrap().name) for row in found if row.type == factors.PASSKEY],
        "codes_left": len(spare.get_unused_codes()) if spare else 0,
        "enrolled": any(row.type != factors.CODES for row in found),
        "place": passkeys.place_of(request),
        "lost": request.user.loss_reported_by_id is not None,
    }


@require_POST
def challenge(request: DeskRequest) -> HttpResponse:
    """What a passkey must answer to prove who changes a factor, as JSON for the script."""
    return ask_passkey(request, request.user, PURPOSE)


@secret_fields
@require_http_methods(["GET", "HEAD", "POST"])
def app(request: DeskRequest) -> HttpResponse:
    """Set up an authenticator app: its secret as a picture and in letters, and the code that shows it was taken."""
    form = AppForm(request.POST if request.method == "POST" else None)
    if request.method != "POST":
        request.session[SECRET] = generate_totp_secret()
    secret = request.session.get(SECRET) or generate_totp_secret()
    request.session[SECRET] = secret
    sentence, status = "", 200
    if request.method == "POST" and form.is_valid():
        code = form.cleaned_data["app_code"]
        try:
            factors.check_new_app(secret, code)
            codes = _proved(request, lambda: factors.add_app(request.user, secret, code))
        except Refusal as refusal:
            sentence, status = refusal.sentence, refusal.status
        else:
            request.session.pop(SECRET, None)
            return _added(request, codes, "Your authenticator app is set up.")
    shown = {"form": form, "secret": secret, "picture": _picture(request, secret)}
    return _form_page(request, "people/factor_app.html", sentence, 422 if form.errors else status, **shown)


@secret_fields
@require_http_methods(["GET", "HEAD", "POST"])
def passkey(request: DeskRequest) -> HttpResponse:
    """Make a passkey: the script asks the device, the form brings what it made."""
    form = NameForm(request.POST if request.method == "POST" else None)
    place, sentence, status = passkeys.place_of(request), "", 200
    if request.method == "POST" and form.is_valid():
        made = passkeys.made(place, recall(request, NEW_PASSKEY), parsed(request.POST.get("credential", "")))
        try:
            if made is None:
                raise Refusal("The device made no passkey, or took more than five minutes; nothing was changed.")
            name, credential = form.cleaned_data["name"], made
            codes = _proved(request, lambda: factors.add_passkey(request.user, name, credential))
        except Refusal as refusal:
            sentence, status = refusal.sentence, refusal.status
        else:
            return _added(request, codes, "Your passkey is set up.")
    options, state = passkeys.begin(request.user, place)
    remember(request, NEW_PASSKEY, state)
    shown = {"form": form, "options": options, "place": place}
    return _form_page(request, "people/factor_passkey.html", sentence, 422 if form.errors else status, **shown)


@secret_fields
@require_http_methods(["GET", "HEAD", "POST"])
def codes(request: DeskRequest) -> HttpResponse:
    """Make new recovery codes in the place of the old ones."""
    heading, sentence, status = "Make new recovery codes", "", 200
    if request.method == "POST":
        try:
            made = _proved(request, lambda: factors.new_codes(request.user))
        except Refusal as refusal:
            sentence, status = refusal.sentence, refusal.status
        else:
            return _added(request, made, "These are your new recovery codes.")
    more = {"heading": heading, "lead": "The old ones are void then.", "button": "Make new codes"}
    return _form_page(request, "people/factor_change.html", sentence, status, **more)


@secret_fields
@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: DeskRequest, factor: int) -> HttpResponse:
    """Take one of the person's own factors away."""
    found = next((row for row in factors.of(request.user) if row.pk == factor and row.type != factors.CODES), None)
    if found is None:
        messages.info(request, "This second factor is gone already.")
        return redirect("factors")
    name = "the authenticator app" if found.type == factors.APP else f"the passkey “{found.wrap().name}”"
    sentence, status = "", 200
    if request.method == "POST":
        try:
            _proved(request, lambda: factors.remove(request.user, factor))
        except Refusal as refusal:
            sentence, status = refusal.sentence, refusal.status
        else:
            messages.success(request, f"Removed: {name}.")
            return redirect("factors")
    lead = "With the last second factor the recovery codes go too, and your password alone signs you in."
    more = {"heading": f"Remove {name}", "lead": lead, "button": "Remove", "tone": "danger"}
    return _form_page(request, "people/factor_change.html", sentence, status, **more)


@secret_fields
@require_http_methods(["GET", "HEAD", "POST"])
def lost(request: DeskRequest) -> HttpResponse:
    """The person's own word that a factor is lost: the password is enough, and every session ends."""
    sentence, status = "", 200
    if request.method == "POST":
        try:
            _report_own_loss(request)
        except Refusal as refusal:
            sentence, status = refusal.sentence, refusal.status
        else:
            return redirect("account_login")
    lead = (
        "You are signed out everywhere, and you cannot sign anything until an administrator has taken your second "
        "factors away. Then set up new ones. If you only changed your device, remove the old factor instead."
    )
    more = {"heading": "Report a lost second factor", "lead": lead, "button": "Report the loss", "tone": "danger"}
    return _form_page(request, "people/factor_change.html", sentence, status, password_alone=True, **more)


def _report_own_loss(request: DeskRequest) -> None:
    clear = _one_try(request)
    if not request.user.check_password(request.POST.get("password", "")):
        raise WrongProof("The password is not right; nothing was changed.")
    clear()
    losses.report(request.user, by=request.user, reason="Reported by the person.")


def _one_try(request: DeskRequest) -> Callable[[], None]:
    """Count a try; gives back what forgets it. After five within fifteen minutes nobody tries on, sign-in included."""
    try:
        forget: Callable[[], None] = check_rate_limit(request.user)
    except ValidationError:
        raise NotAllowed("There were too many wrong passwords or codes; wait fifteen minutes.") from None
    return forget


def _proved(request: DeskRequest, change: Callable[[], Any]) -> Any:
    """Do what the person asked for once they have proved who they are."""
    clear = _one_try(request)
    try:
        authenticate(request.user, proof_of(request, PURPOSE), undone="nothing was changed")
    except WrongProof:
        log.warning("change of second factors refused to account %d", request.user.pk)
        raise
    clear()
    with transaction.atomic():
        return change()


@sensitive_variables("codes")
def _added(request: DeskRequest, codes: list[str], sentence: str) -> HttpResponse:
    """Recovery codes are shown in the answer itself, once; without new ones, back to the list."""
    if codes:
        return render(request, "people/recovery_codes.html", {"codes": codes, "sentence": sentence})
    messages.success(request, sentence)
    return redirect("factors")


def _form_page(request: DeskRequest, template: str, sentence: str, status: int, **more: Any) -> HttpResponse:
    context = {
        "sentence": sentence,
        "second_factor": factors.enrolled(request.user),
        "has_passkey": passkeys.has_any(request.user),
        "challenge": reverse("factor_challenge"),
    }
    return render(request, template, context | more, status=status)


def _picture(request: DeskRequest, secret: str) -> SafeString:
    """The secret as a QR code, drawn here: it goes to no other site."""
    import qrcode
    from qrcode.image.svg import SvgPathImage

    label = quote(f"{settings.SITE_NAME}:{request.user.email}")
    query = urlencode({"secret": secret, "issuer": settings.SITE_NAME}, quote_via=quote)
    drawn = BytesIO()
    qrcode.make(f"otpauth://totp/{label}?{query}", image_factory=SvgPathImage).save(drawn)
    svg = drawn.getvalue().decode().split("?>", 1)[1]
    return mark_safe(svg)  # noqa: S308 - drawn by the library: a path of numbers
