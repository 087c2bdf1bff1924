"""What is said about articles."""

from django.apps import AppConfig


class ReviewsConfig(AppConfig):
    """Reviews; tells `articles` who keeps the board."""

    name = "reviews"

    def ready(self) -> None:
        """Install the board."""
        from articles.board import install

        from .office import BoardOffice

        install(BoardOffice())
