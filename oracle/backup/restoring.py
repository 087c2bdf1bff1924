"""Bringing a backup back, into a place where nothing is yet; nothing is ever overwritten."""

import shutil
import tarfile
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from django.conf import settings
from django.db import connection

from oracle import site_file
from oracle.embedded_postgres.roles import app_role, as_owner, grant_app
from oracle.refusals import Refusal

from . import programs
from .archive import DUMP, About, opened, text
from .comparing import Compared, compared
from .manifest import of_this_database


def restore(path: Path) -> Iterator[Compared]:
    """Fill the empty database of these settings, compare, and, if all is the same, put the site's file in place."""
    place = Path(settings.SITE_FILE)
    if place.exists():
        raise Refusal(f"{place} is there: a site lives here. Set ORACLE_DATA_DIR to a new directory.")
    with opened(path) as (about, tar):
        kept = text(tar, site_file.NAME)
        own = None if kept is None else site_file.text_of(_with_this_database(site_file.parse(kept)))
        with as_owner():
            _refuse_what_cannot_be(about)
            _fill(tar)
            grant_app(connection)
            with connection.cursor() as cursor:
                cursor.execute("ANALYZE")
        whole = True
        for line in compared(about.database, of_this_database()):
            whole = whole and line.same
            yield line
    if whole and own is not None:
        with site_file.made(place, own):
            pass


def compare(path: Path) -> Iterator[Compared]:
    """A backup against the living database; changes nothing."""
    with opened(path) as (about, _):
        yield from compared(about.database, of_this_database())


def _refuse_what_cannot_be(about: About) -> None:
    tables = connection.introspection.table_names()
    if tables:
        raise Refusal(f"This database has {len(tables)} tables. A backup is brought back into an empty one only.")
    here = programs.server_major()
    if here < about.server or programs.major("pg_restore") < about.program:
        raise Refusal(f"The backup was made with PostgreSQL {max(about.server, about.program)}; here is {here}.")
    with connection.cursor() as cursor:
        cursor.execute("SELECT FROM pg_roles WHERE rolname = %s", [app_role()])
        if not cursor.rowcount:
            raise Refusal(f"The role {app_role()}, which shall serve, does not exist: make it first.")


def _fill(tar: tarfile.TarFile) -> None:
    member = tar.extractfile(DUMP)
    if member is None:
        raise Refusal("The backup holds no dump.")
    with TemporaryDirectory() as folder, open(Path(folder) / DUMP, "wb") as file:
        shutil.copyfileobj(member, file)
        file.flush()
        connection.close()
        options = ("--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error")
        programs.run("pg_restore", *options, file.name)


def _with_this_database(values: dict[str, str]) -> dict[str, str]:
    """The site's settings as they were, but for where its database is: that is here now."""
    elsewhere = {name: value for name, value in values.items() if name not in ("DATABASE_URL", "ORACLE_DATABASE")}
    if settings.DATABASE_URL:
        return elsewhere | {"DATABASE_URL": settings.DATABASE_URL}
    return elsewhere | {"ORACLE_DATABASE": str(connection.settings_dict["NAME"])}
