"""The application: its checks."""

from django.apps import AppConfig


class EmbeddedPostgresConfig(AppConfig):
    """Stands first in INSTALLED_APPS, so that its `migrate` is the one that runs."""

    name = "oracle.embedded_postgres"
    label = "embedded_postgres"

    def ready(self) -> None:
        """Register the checks of how the database is reached."""
        from . import checks  # noqa: F401
