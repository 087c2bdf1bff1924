"""The throttle's table: what it counts stands there as a hash, never as an address of a person or a machine."""

from django.utils.crypto import salted_hmac


def hashed_key(key: str, key_prefix: str, version: int) -> str:
    """The cache's key for `key`, from which nobody without SECRET_KEY learns an IP or e-mail address (KEY_FUNCTION)."""
    return f"{key_prefix}:{version}:{salted_hmac('oracle.throttle', key, algorithm='sha256').hexdigest()}"
