"""Passkeys (WebAuthn): a device or a password manager answers a challenge, once it has verified the person.

The site checks challenge, origin, signature and the mark of user verification (W3C Web Authentication, 7.1 and 7.2).
"""

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal.auth import get_credentials
from django.conf import settings
from django.http import HttpRequest
from django.http.request import split_domain_port
from fido2.server import Fido2Server
from fido2.webauthn import (
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from .models import User

Challenge = dict[str, Any]
VERIFIED = UserVerificationRequirement.REQUIRED


@dataclass(frozen=True)
class Place:
    """Where the person meets the site: a passkey made at one host answers at no other."""

    host: str
    origin: str

    @property
    def usable(self) -> bool:
        """Browsers make no passkeys for a bare IP address."""
        try:
            ipaddress.ip_address(self.host.strip("[]"))
        except ValueError:
            return True
        return False

    def server(self) -> Fido2Server:
        """The site as a relying party of this very origin."""
        site = PublicKeyCredentialRpEntity(name=settings.SITE_NAME, id=self.host)
        return Fido2Server(site, verify_origin=lambda origin: origin == self.origin)


def place_of(request: HttpRequest) -> Place:
    """The host and the origin of a request."""
    host = request.get_host()
    return Place(split_domain_port(host)[0], f"{request.scheme}://{host}")


def begin(user: User, place: Place) -> tuple[dict[str, Any], Challenge]:
    """What the browser needs to make a passkey, and what the site must remember of it."""
    person = PublicKeyCredentialUserEntity(id=str(user.pk).encode(), name=user.email, display_name=user.name)
    options, state = place.server().register_begin(
        person, get_credentials(user), ResidentKeyRequirement.PREFERRED, VERIFIED
    )
    return dict(options), _plain(state)


def made(place: Place, state: Challenge | None, credential: object) -> dict[str, Any] | None:
    """The passkey that was made for this challenge, here, by a person whom it verified; None if it is none."""
    if state is None or not isinstance(credential, dict):
        return None
    try:
        place.server().register_complete(state, credential)
        response = {name: credential["response"][name] for name in ("clientDataJSON", "attestationObject")}
        kept = {name: credential[name] for name in ("id", "rawId", "type")} | {"response": response}
    except Exception:  # What a stranger sends makes the library's parsers raise whatever they meet.
        return None
    # The library lets any word stand here.
    return kept if kept["type"] == "public-key" else None


def ask(user: User, place: Place) -> tuple[dict[str, Any], Challenge]:
    """What the browser needs to have one of the person's passkeys answer, and what the site must remember of it."""
    options, state = place.server().authenticate_begin(get_credentials(user), VERIFIED)
    return dict(options), _plain(state)


def answered(user: User, place: Place, state: Challenge, response: object) -> bool:
    """Is `response` the answer of one of the person's passkeys to this challenge, with the person verified?"""
    if not isinstance(response, dict):
        return False
    try:
        place.server().authenticate_complete(state, get_credentials(user), response)
    except Exception:  # As above.
        return False
    return True


def has_any(user: User) -> bool:
    """Has the person a passkey?"""
    return bool(Authenticator.objects.filter(user_id=user.pk, type=Authenticator.Type.WEBAUTHN).exists())


def _plain(state: Mapping[str, Any]) -> Challenge:
    return {"challenge": state["challenge"], "user_verification": VERIFIED.value}
