"""Proving who one is, at the moment of an act: for each signature, and for each change of a second factor, anew.

A sign-in, however fresh, proves nothing here; nothing that was proved is remembered (21 CFR 11.200(a)(1)).
"""

import json
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, JsonResponse

from oracle import clock
from oracle.refusals import NotAllowed, Refusal

from . import passkeys
from .factors import enrolled, use_code
from .models import User
from .passkeys import Challenge, Place

CHALLENGE, FRESH = "challenge", 300  # seconds for which a challenge may be answered


class WrongProof(NotAllowed):
    """What was given is not this person's: a wrong password, code or passkey. Such tries are counted."""


@dataclass(frozen=True)
class Assertion:
    """What a passkey answered; `state` is what the site kept of its challenge, None where that is used or stale."""

    response: object
    state: Challenge | None
    place: Place


@dataclass(frozen=True)
class Proof:
    """What a person gave: the password, with a code where a second factor is enrolled; or a passkey for both."""

    password: str = ""
    code: str = ""
    passkey: Assertion | None = None


def authenticate(by: User, proof: Proof, *, undone: str) -> list[str]:
    """What was used, such as `["e-mail", "password", "code"]` or `["passkey"]`; a code is used up by it.

    Raises `WrongProof` for what is wrong, `Refusal` for a passkey asked too long ago; `undone` ends their sentences.
    """
    if by.loss_reported_by_id:
        raise NotAllowed(f"Your second factor is reported as lost; {undone}. An administrator must take it away first.")
    if proof.passkey:
        return _by_passkey(by, proof.passkey, undone)
    if not by.is_active or not by.check_password(proof.password):
        raise WrongProof(f"The password is not right; {undone}.")
    if not enrolled(by):
        return ["e-mail", "password"]
    if not proof.code.strip():
        raise WrongProof(f"The code of your authenticator app is needed too, or a recovery code; {undone}.")
    used = use_code(by, proof.code)
    if used is None:
        raise WrongProof(f"The code is not right, or was used before; {undone}. Wait for the next one.")
    return ["e-mail", "password", used]


def _by_passkey(by: User, answer: Assertion, undone: str) -> list[str]:
    if answer.state is None:
        raise Refusal(f"The passkey was asked more than five minutes ago, or for something else; {undone}. Try again.")
    if not by.is_active or not passkeys.answered(by, answer.place, answer.state, answer.response):
        raise WrongProof(f"The passkey did not prove that it is you; {undone}.")
    return ["passkey"]


def ask_passkey(request: HttpRequest, by: User, purpose: str) -> JsonResponse:
    """A challenge for the person's passkeys, kept in the session for one answer and for `purpose` alone."""
    place = passkeys.place_of(request)
    if not passkeys.has_any(by):
        raise Refusal("You have no passkey here; use your password.")
    options, state = passkeys.ask(by, place)
    remember(request, purpose, state)
    return JsonResponse(options)


def remember(request: HttpRequest, purpose: str, state: Challenge) -> None:
    """Keep a challenge in the session, in the place of any other."""
    request.session[CHALLENGE] = {"for": purpose, "at": clock.now().timestamp(), "state": state}


def recall(request: HttpRequest, purpose: str) -> Challenge | None:
    """The challenge that was kept for `purpose` less than five minutes ago; it is used up."""
    kept: dict[str, Any] = request.session.pop(CHALLENGE, None) or {}
    fresh = kept.get("for") == purpose and clock.now().timestamp() - kept["at"] <= FRESH
    return kept["state"] if fresh else None


def proof_of(request: HttpRequest, purpose: str) -> Proof:
    """What a form with the fields `password`, `code` and `passkey` (JSON, filled by the script) gives."""
    given = request.POST.get("passkey", "")
    if not given:
        return Proof(request.POST.get("password", ""), request.POST.get("code", ""))
    return Proof(passkey=Assertion(parsed(given), recall(request, purpose), passkeys.place_of(request)))


def parsed(text: str) -> object:
    """What a script put into a form as JSON; None where it is none."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
