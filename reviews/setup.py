"""A site of one's own: its first administrator, what a new site begins with, and its file of settings."""

import os
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction

from oracle import site_file
from oracle.accounts.models import User
from oracle.refusals import Refusal

from .founding import drafts, found

# What stands in the environment when the site is made, and what it needs again whenever it runs.
KEPT = (
    *("ALLOWED_HOSTS", "SITE_URL", "HTTPS", "TRUSTED_PROXIES", "CSRF_TRUSTED_ORIGINS", "STATIC_ROOT"),
    *("DATABASE_URL", "ORACLE_DATABASE", "FUNDING_DEFAULT", "DEFAULT_FROM_EMAIL", "TIME_ZONE"),
    *("EMAIL_HOST", "EMAIL_PORT", "EMAIL_HOST_USER", "EMAIL_HOST_PASSWORD", "EMAIL_USE_TLS"),
    *("WEB_CONCURRENCY", "WEB_THREADS"),
)


@dataclass(frozen=True)
class Site:
    """What whoever founds it says; `texts` are the house's own documents by kind."""

    site_name: str
    responsible: str
    contact: str
    email: str
    name: str
    roles: list[str]
    texts: dict[str, str]

    def file(self) -> str:
        """The text of the site's file."""
        own = {"SITE_NAME": self.site_name, "RESPONSIBLE": self.responsible, "CONTACT_EMAIL": self.contact}
        around = {name: os.environ[name] for name in KEPT if os.environ.get(name)}
        return site_file.text_of({"SECRET_KEY": settings.SECRET_KEY, **own, **around})


def refuse_a_second(path: Path) -> None:
    """A site is made once: refused where its file is, or where people have accounts."""
    if path.exists():
        raise Refusal(
            f"A site is set up here already: {path} is there. Edit that file to change its names; for another site "
            "set ORACLE_DATA_DIR to another directory."
        )
    made = User._meta.db_table in connection.introspection.table_names()
    if made and User.objects.exists():
        raise Refusal("This database belongs to a site already: people have accounts in it. Give this site its own.")


def set_up(site: Site, password: str) -> User:
    """Make the site, whole or not at all; gives back its first administrator."""
    path = Path(settings.SITE_FILE)
    refuse_a_second(path)
    with site_file.made(path, site.file()), transaction.atomic():
        administrator = User.objects.create_user(site.email, password, name=site.name, roles=site.roles)
        found(by=administrator, texts=drafts(site.responsible, site.contact) | site.texts)
        connection.check_constraints()
    return administrator
