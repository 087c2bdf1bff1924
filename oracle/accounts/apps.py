"""People."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Accounts."""

    name = "oracle.accounts"
    label = "accounts"
