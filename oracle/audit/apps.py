"""The record: history, guards and the auditor's desk."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """Connects the one receiver that completes history rows."""

    name = "oracle.audit"
    label = "audit"

    def ready(self) -> None:
        """Complete every history row before it is written."""
        from simple_history.signals import pre_create_historical_record

        from .history import complete_row

        pre_create_historical_record.connect(complete_row, dispatch_uid="oracle.audit.complete_row")
