"""An authenticator in a few lines: it makes a passkey and answers challenges as a browser hands the answers on."""

import json
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData

PRESENT, VERIFIED = AuthenticatorData.FLAG.UP, AuthenticatorData.FLAG.UV


@dataclass
class SoftPasskey:
    """`verifies` says whether it asks its person for a fingerprint or a PIN; `origin` is the page it believes in."""

    origin: str = "http://testserver"
    verifies: bool = True
    name: bytes = b"a passkey of the tests"
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def make(self, options: dict[str, Any]) -> dict[str, Any]:
        """What `navigator.credentials.create` gives for these options."""
        asked = options["publicKey"]
        public = AttestedCredentialData.create(bytes(16), self.name, ES256.from_cryptography_key(self.key.public_key()))
        data = self._data(asked["rp"]["id"], AuthenticatorData.FLAG.AT, public)
        made = AttestationObject.create("none", data, {})
        return self._envelope(
            clientDataJSON=self._client("webauthn.create", asked["challenge"]), attestationObject=bytes(made)
        )

    def answer(self, options: dict[str, Any]) -> dict[str, Any]:
        """What `navigator.credentials.get` gives for these options."""
        asked = options["publicKey"]
        data, client = self._data(asked["rpId"]), self._client("webauthn.get", asked["challenge"])
        signature = self.key.sign(bytes(data) + sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        return self._envelope(clientDataJSON=client, authenticatorData=bytes(data), signature=signature)

    def _data(self, site: str, more: int = 0, public: AttestedCredentialData | None = None) -> AuthenticatorData:
        flags = PRESENT | (VERIFIED if self.verifies else 0) | more
        return AuthenticatorData.create(sha256(site.encode()).digest(), flags, 1, bytes(public) if public else b"")

    def _client(self, kind: str, challenge: str) -> bytes:
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin}).encode()

    def _envelope(self, **parts: bytes) -> dict[str, Any]:
        name = websafe_encode(self.name)
        response = {key: websafe_encode(value) for key, value in parts.items()}
        return {
            "id": name,
            "rawId": name,
            "type": "public-key",
            "response": response,
            "clientExtensionResults": {},
        }
