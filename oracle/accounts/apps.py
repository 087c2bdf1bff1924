"""People and their accounts."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """The accounts; registers the checks of settings and accounts."""

    name = "oracle.accounts"
    label = "accounts"

    def ready(self) -> None:
        """Register the checks."""
        from oracle import checks  # noqa: F401
