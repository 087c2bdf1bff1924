"""What is written."""

from django.apps import AppConfig


class ArticlesConfig(AppConfig):
    """Articles."""

    name = "articles"
