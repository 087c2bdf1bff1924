"""Mail that waits to be sent."""

from django.apps import AppConfig


class OutboxConfig(AppConfig):
    """Outbox."""

    name = "oracle.outbox"
    label = "outbox"
