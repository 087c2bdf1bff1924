"""A backup brings back the same site, history whole; the comparison names whatever is not the same."""

import json
import os
import stat
import subprocess
import sys
import tarfile
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection
from django.test import Client
from psycopg import sql

from articles.models import Article
from oracle import site_file
from oracle.accounts.models import User
from tests import cast, database
from tests.attacks import as_app, refused
from tests.test_embedded_postgres import throw_away

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).parent.parent
SETTINGS = {"SECRET_KEY": "of-this-site-alone", "SITE_NAME": "Kidney “Answers”"}
# What an owner could do behind the site's back, and the words by which the comparison names it.
TAMPERED = {
    "UPDATE accounts_user SET email = 'other@example.org' WHERE email LIKE 'edith%'": "accounts_user: … OTHER content",
    "DELETE FROM reviews_historicalround": "reviews_historicalround: 2 rows in the backup, 0 rows here",
    "DROP TRIGGER append_only ON articles_historicalversion": "articles_historicalversion.append_only is missing here",
    "ALTER TABLE reviews_signoff DISABLE TRIGGER append_only": "reviews_signoff.append_only is “D CREATE TRIGGER",
    "CREATE OR REPLACE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'": (
        "audit_refuse() is “CREATE OR REPLACE FUNCTION"
    ),
    "GRANT UPDATE ON reviews_historicalround TO {app}": "historicalround is “app INSERT, app SELECT, app UPDATE”",
    "GRANT CREATE ON SCHEMA public TO PUBLIC": "schema public is “PUBLIC CREATE, PUBLIC USAGE, app USAGE”",
    "ALTER TABLE accounts_user DROP CONSTRAINT known_roles": "accounts_user.known_roles is missing here",
    "DROP INDEX outbox_waiting": "outbox_waiting is missing here",
    "ALTER TABLE articles_report ADD COLUMN note text": "articles_report.note is not in the backup",
    "CREATE TABLE extra (id int)": "extra: not in the backup",
    "SELECT setval('accounts_user_id_seq', 1)": "accounts_user_id_seq stands at 1, in the backup at",
    "DELETE FROM django_migrations WHERE app = 'audit'": "audit.0001_guard_functions is missing here",
}


@pytest.fixture
def house(settings: Any, tmp_path: Path) -> Path:
    """A directory with the site's file."""
    settings.SITE_FILE = tmp_path / "old" / "site.env"
    with site_file.made(settings.SITE_FILE, site_file.text_of(SETTINGS)):
        return tmp_path


@pytest.fixture
def article(editor: User, reviewer: User) -> Article:
    """A signed article, as there are some on every site."""
    return cast.approved(editor, reviewer)


@pytest.fixture
def elsewhere(settings: Any, house: Path) -> Iterator[Callable[[], None]]:
    """Move to another directory and an empty database, which is dropped at the end."""
    here = str(connection.settings_dict["NAME"])
    copy = f"{here}_copy"
    with database.connect_as_owner("postgres") as maintenance:
        maintenance.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(copy)))
        maintenance.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(copy)))

    def move() -> None:
        settings.SITE_FILE = house / "new" / "site.env"
        database.serve(copy)

    yield move
    database.serve(here)
    database.drop(copy)


def command(name: str, *words: Any) -> str:
    said = StringIO()
    call_command(name, *words, stdout=said)
    return said.getvalue()


def page_of(article: Article) -> str:
    return Client().get(f"/articles/{article.slug}/").content.decode()


def test_the_same_site_elsewhere(article: Article, house: Path, elsewhere: Any, settings: Any) -> None:
    page, file = page_of(article), house / "b.tar"
    said = command("backup", file)
    assert ("SECRET_KEY too" in said, stat.S_IMODE(file.stat().st_mode)) == (True, 0o600)
    assert sorted(path.name for path in house.iterdir()) == ["b.tar", "old"]
    elsewhere()
    told = command("restore", file)
    assert "\n  reviews_signoff: 1 row, same content\n" in told
    assert told.endswith("Everything is as it was: the site is back.\n")
    assert [line for line in told.splitlines()[:-1] if not line.startswith("  ")] == []
    assert site_file.read(settings.SITE_FILE).items() >= SETTINGS.items()
    assert page_of(article) == page
    assert article.history.count() == Article.history.count()
    client = Client()
    client.post("/accounts/login/", {"login": User.objects.get(roles=["editor"]).email, "password": cast.PASSWORD})
    assert client.get("/desk/").status_code == 200
    the_guards_are_back_too(article, User.objects.get(roles=["editor"]))


def the_guards_are_back_too(article: Article, editor: User) -> None:
    """Neither role nor trigger is missing, and honest work goes on."""
    for statement in ("UPDATE articles_historicalarticle SET slug = 'x'", "DELETE FROM reviews_signoff"):
        with pytest.raises(DatabaseError, match="permission denied"):
            as_app(statement)
    with refused("G2"):
        Article.objects.filter(pk=article.pk).update(slug="untold")
    assert article.perform("revise", by=editor).state == "draft"


def test_the_comparison_names_what_is_not_the_same(article: Article, house: Path, elsewhere: Any) -> None:
    command("backup", house / "b.tar")
    elsewhere()
    command("restore", house / "b.tar")
    app = connection.settings_dict["USER"] or "app"
    with database.connect_as_owner(str(connection.settings_dict["NAME"])) as owner:
        for statement, words in TAMPERED.items():
            behind(owner, statement.format(app=app))
            said = StringIO()
            with pytest.raises(CommandError, match="Not everything is the same"):
                call_command("compare", house / "b.tar", stdout=said)
            told = " ".join(said.getvalue().split())
            first, _, second = words.partition(" … ")
            assert first in told, statement
            assert second in told, statement


def behind(owner: Any, statement: str) -> None:
    """As the owner, with the triggers of the table off, and on again afterwards."""
    verb, *words = statement.split()
    table = words[1] if verb == "DELETE" else words[0]
    off, on = (f"ALTER TABLE {table} {switch} TRIGGER USER" for switch in ("DISABLE", "ENABLE"))
    owner.execute("; ".join([off, statement, on]) if verb in ("UPDATE", "DELETE") else statement)


def test_nothing_is_overwritten(article: Article, house: Path, elsewhere: Any, settings: Any) -> None:
    file = house / "b.tar"
    command("backup", file)
    before = file.read_bytes()
    with pytest.raises(CommandError, match="is there already"):
        command("backup", file)
    with pytest.raises(CommandError, match="a site lives here"):
        command("restore", file)
    settings.SITE_FILE = house / "new" / "site.env"
    with pytest.raises(CommandError, match=r"has \d+ tables"):
        command("restore", file)
    assert (file.read_bytes(), settings.SITE_FILE.exists(), page_of(article) != "") == (before, False, True)


@pytest.mark.parametrize("content", [b"", b"not a tar", None])
def test_what_is_no_backup_is_refused(content: bytes | None, tmp_path: Path, settings: Any) -> None:
    settings.SITE_FILE = tmp_path / "site.env"
    file = tmp_path / "b.tar"
    if content is not None:
        file.write_bytes(content)
    for name in ("restore", "compare"):
        with pytest.raises(CommandError, match=r"is not there|is not a backup"):
            command(name, file)


def test_a_backup_of_a_newer_server_is_refused(founded: None, house: Path, elsewhere: Any) -> None:
    command("backup", house / "b.tar")
    with tarfile.open(house / "b.tar") as old, tarfile.open(house / "newer.tar", "w") as new:
        old.extractall(house / "parts", filter="data")
        manifest = house / "parts" / "manifest.json"
        manifest.write_text(json.dumps(json.loads(manifest.read_text()) | {"server": 99}))
        for member in old.getnames():
            new.add(house / "parts" / member, arcname=member)
    elsewhere()
    with pytest.raises(CommandError, match="made with PostgreSQL 99"):
        command("restore", house / "newer.tar")
    assert connection.introspection.table_names() == []


def test_onto_a_fresh_embedded_server(article: Article, house: Path) -> None:
    """From whichever server the tests run on, with whichever names of roles."""
    command("backup", house / "b.tar")
    with throw_away() as place:
        ours = ("DATABASE_", "ORACLE_", "DJANGO_SETTINGS_MODULE")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
        done = subprocess.run(
            [sys.executable, "manage.py", "restore", str(house / "b.tar")],
            check=False,
            capture_output=True,
            text=True,
            cwd=ROOT,
            env={**kept, "ORACLE_DATA_DIR": str(place), "DEBUG": "0"},
        )
        assert (done.stderr, done.returncode) == ("", 0)
        assert "Everything is as it was" in done.stdout
        assert site_file.read(place / "site.env") == SETTINGS | {"ORACLE_DATABASE": "oracle"}
