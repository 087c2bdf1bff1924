"""What is said about articles."""

from django.apps import AppConfig


class ReviewsConfig(AppConfig):
    """Reviews; tells `articles` who keeps the board."""

    name = "reviews"

    def ready(self) -> None:
        """Install the board and the veil, and register the checks."""
        from articles.board import install
        from oracle.audit import veil

        from . import blindness, checks  # noqa: F401
        from .office import BoardOffice

        install(BoardOffice())
        veil.install(blindness.blind_to, about=blindness.ABOUT)
