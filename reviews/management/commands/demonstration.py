"""`manage.py demonstration`: fill an empty database with the demonstration, once."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from articles.models import Article
from oracle.accounts.demonstration import DEMONSTRATION_EMAILS
from oracle.accounts.models import User

from ...demonstration.build import build


class Command(BaseCommand):
    """Makes accounts, board records, documents and articles, and does nothing where there are any."""

    help = "Fills an empty database with the demonstration, once. Needs DEBUG=1."

    def handle(self, *args: Any, **options: Any) -> None:
        """Refuse on a real site, whose sign-in page everybody can reach with the demonstration's password."""
        if not settings.DEBUG:
            raise CommandError("The demonstration has a known password, so it is made only with DEBUG=1.")
        if User.objects.filter(email__in=DEMONSTRATION_EMAILS).exists():
            self.stdout.write("The demonstration is already here.")
        elif User.objects.exists() or Article.objects.exists():
            self.stdout.write("This database holds other data; the demonstration was not made. Give it one of its own.")
        else:
            self.stdout.write("Making the demonstration ...")
            build()
            self.stdout.write(f"The demonstration is ready: {Article.objects.count()} articles.")
