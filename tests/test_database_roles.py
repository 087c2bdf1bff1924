"""Two roles: `owner` migrates, `app` serves and may not touch what keeps the record safe."""

import socket
from io import StringIO

import pytest
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, connections, transaction
from django.db.backends.postgresql import base as stock
from django.utils import timezone

from oracle.audit import guards
from oracle.embedded_postgres.checks import two_roles
from oracle.embedded_postgres.roles import app_role, as_owner, grant_app, owner_role
from tests import database

FORBIDDEN = {
    "make a table": "CREATE TABLE note (words text)",
    "make a temporary table": "CREATE TEMPORARY TABLE note (words text)",
    "make a function": "CREATE FUNCTION one() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "become the owner": 'SET ROLE "{owner}"',
    "switch triggers off for the session": "SET session_replication_role = replica",
    "switch triggers off": "ALTER TABLE django_session DISABLE TRIGGER ALL",
    "change a table": "ALTER TABLE django_session ADD COLUMN note text",
    "drop a table": "DROP TABLE django_session",
    "truncate": "TRUNCATE django_session",
    "write migrations": "DELETE FROM django_migrations",
    "make a role": "CREATE ROLE helper",
    "make a database": "CREATE DATABASE helper",
    "change the server": "ALTER SYSTEM SET fsync = off",
    "read the server's files": "SELECT pg_read_file('PG_VERSION')",
}


def scalar(statement: str, *values: object) -> object:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchone()[0]


@pytest.mark.django_db
def test_the_site_connects_as_app_and_the_owner_owns_the_tables():
    assert scalar("SELECT current_user") == app_role()
    assert scalar("SELECT session_user") == app_role()
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'")
        assert cursor.fetchall() == [(owner_role(),)]


@pytest.mark.django_db
def test_neither_role_is_a_superuser():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolname, rolsuper, rolcreaterole, rolbypassrls FROM pg_roles WHERE rolname = ANY(%s) ORDER BY 1",
            [[app_role(), owner_role()]],
        )
        assert cursor.fetchall() == [(role, False, False, False) for role in sorted({app_role(), owner_role()})]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("attempt", FORBIDDEN)
def test_the_site_may_not(attempt):
    statement = FORBIDDEN[attempt].format(owner=owner_role(), app=app_role())
    with connection.cursor() as cursor, pytest.raises(DatabaseError, match=r"permission denied|must be owner"):
        cursor.execute(statement)


@pytest.mark.django_db
def test_rights_on_every_table_are_exactly_these():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tablename, array(SELECT right_ FROM unnest(%s::text[]) right_ WHERE has_table_privilege("
            "%s, quote_ident(tablename), right_) ORDER BY 1) FROM pg_tables WHERE schemaname = 'public'",
            [["SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER"], app_role()],
        )
        found = dict(cursor.fetchall())
    assert found == {table: expected_rights(table) for table in found}


def expected_rights(table: str) -> list[str]:
    if table == "django_migrations":
        return ["SELECT"]
    if table in guards.append_only_tables():
        return ["INSERT", "SELECT"]
    if table in guards.undeletable_tables():
        return ["INSERT", "SELECT", "UPDATE"]
    return ["DELETE", "INSERT", "SELECT", "UPDATE"]


@pytest.mark.django_db(transaction=True)
def test_as_owner_is_the_owner_inside_and_the_site_after():
    with as_owner():
        assert scalar("SELECT current_user") == owner_role()
    assert scalar("SELECT current_user") == app_role()


@pytest.mark.django_db(transaction=True)
def test_as_owner_gives_the_site_back_after_an_error():
    with pytest.raises(ZeroDivisionError), as_owner():
        raise ZeroDivisionError
    assert scalar("SELECT current_user") == app_role()


@pytest.mark.django_db
def test_as_owner_refuses_inside_a_transaction():
    with transaction.atomic(), pytest.raises(RuntimeError, match="inside a transaction"), as_owner():
        pass


@pytest.mark.django_db(transaction=True)
def test_granting_twice_changes_nothing():
    rights = "SELECT array_agg(relacl::text ORDER BY relname) FROM pg_class WHERE relnamespace = 'public'::regnamespace"
    before = scalar(rights)
    with as_owner():
        grant_app(connection)
    assert scalar(rights) == before


@pytest.mark.django_db(transaction=True)
def test_the_tests_database_is_emptied_but_for_what_migrate_wrote():
    kinds = ContentType.objects.count()
    Session.objects.create(session_key="k", session_data="d", expire_date=timezone.now())
    owner = database.connect_as_owner(str(connection.settings_dict["NAME"]))
    with owner:
        database.empty(owner)
        off = owner.execute("SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal AND tgenabled = 'D'").fetchone()
    assert off == (0,)
    assert (Session.objects.count(), ContentType.objects.count()) == (0, kinds)


def warned() -> list[str | None]:
    return [warning.id for warning in two_roles()]


def serve_from(engine, settings, monkeypatch):
    """The settings of the web process: without DATABASE_OWNER_URL."""
    monkeypatch.setitem(settings.DATABASES["default"], "ENGINE", engine)
    settings.DATABASE_OWNER_URL = ""


@pytest.fixture
def of_ones_own(settings, monkeypatch):
    serve_from("django.db.backends.postgresql", settings, monkeypatch)


def test_the_deployment_check_says_what_one_machine_account_does_not_protect(settings, monkeypatch):
    serve_from("oracle.embedded_postgres", settings, monkeypatch)
    assert warned() == ["oracle.W002"]


@pytest.mark.django_db(transaction=True)
def test_the_deployment_check_asks_postgresql_who_owns_the_tables(settings, monkeypatch):
    with as_owner():
        serve_from("django.db.backends.postgresql", settings, monkeypatch)
        assert warned() == ["oracle.W001"]
    assert warned() == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("of_ones_own")
def test_the_deployment_check_says_when_it_could_not_ask():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    nobody = stock.DatabaseWrapper(connection.settings_dict | {"HOST": "127.0.0.1", "PORT": port})
    kept = connections["default"]
    connections["default"] = nobody
    try:
        assert warned() == ["oracle.W003"]
    finally:
        connections["default"] = kept


@pytest.mark.usefixtures("of_ones_own")
def test_who_owns_the_tables_is_asked_with_deploy_alone(capsys):
    # This test may not reach the database; a check that tried to would be an error here.
    call_command("check")
    assert "no issues" in capsys.readouterr().out


@pytest.mark.parametrize(
    "words", [["loaddata", "a.json"], ["clean_old_history", "--auto"], ["clean_duplicate_history", "--auto", "-m", "5"]]
)
def test_commands_that_would_harm_the_record_refuse(words, capsys):
    """The libraries' own commands that purge or rewrite the record do nothing (F3)."""
    from django.core.management import ManagementUtility

    with pytest.raises(SystemExit) as ended:
        ManagementUtility(["manage.py", *words]).execute()
    assert ended.value.code == 1
    assert f"{words[0]} is refused" in capsys.readouterr().err
    with pytest.raises(CommandError, match="is refused"):
        call_command(words[0], stdout=StringIO())
