"""What is said about articles."""

from django.apps import AppConfig


class ReviewsConfig(AppConfig):
    """Reviews; tells `articles` who keeps the board."""

    name = "reviews"

    def ready(self) -> None:
        """Install the board and register the checks."""
        from articles.board import install

        from . import checks  # noqa: F401
        from .office import BoardOffice

        install(BoardOffice())
