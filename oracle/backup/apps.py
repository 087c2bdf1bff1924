"""The application: its three commands."""

from django.apps import AppConfig


class BackupConfig(AppConfig):
    """Has no tables."""

    name = "oracle.backup"
    label = "backup"
