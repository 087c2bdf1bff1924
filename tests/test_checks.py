"""`check --deploy` names what a real site lacks, and is clean for a site set up as docs/put-it-on-a-server.md says."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection, connections
from django.db.backends.postgresql import base as stock

from articles.models import Document
from oracle import checks, clock
from oracle.accounts.demonstration import DEMONSTRATION_ACCOUNTS
from oracle.accounts.models import User
from oracle.audit.history import record
from oracle.embedded_postgres.roles import app_role, as_owner, owner_role
from reviews import checks as of_the_house
from reviews.founding import found
from tests import cast

ROOT = Path(__file__).parent.parent
READY = {
    "DEBUG": False,
    "SECRET_KEY": "k" * 50,
    "SECURE_SSL_REDIRECT": True,
    "SECURE_PROXY_SSL_HEADER": ("HTTP_X_FORWARDED_PROTO", "https"),
    "RESPONSIBLE": "The Renal Society",
    "CONTACT_EMAIL": "desk@example.org",
    "ALLOWED_HOSTS": ["articles.example.org"],
    "EMAIL_HOST": "mail.example.org",
}
# One process for both commands: starting costs more than they do.
COLLECT_AND_CHECK = """
import os
import django
from django.core.management import call_command
os.environ["DJANGO_SETTINGS_MODULE"] = "oracle.settings"
django.setup()
call_command("collectstatic", "--no-input")
call_command("check", "--deploy", "--fail-level", "WARNING")
"""
LACKS = [
    ({}, []),
    ({"DEBUG": True}, ["oracle.E001"]),
    ({"SECRET_KEY": "k" * 49}, ["oracle.E002"]),
    ({"SECRET_KEY": checks.DEVELOPMENT_KEY}, ["oracle.E002"]),
    ({"SECURE_SSL_REDIRECT": False}, ["oracle.E003"]),
    ({"SECURE_PROXY_SSL_HEADER": None}, ["oracle.W011"]),
    ({"SECURE_PROXY_SSL_HEADER": None, "SECURE_SSL_REDIRECT": False}, ["oracle.E003"]),
    ({"RESPONSIBLE": "The editors of this site"}, ["oracle.W004"]),
    ({"CONTACT_EMAIL": ""}, ["oracle.W005"]),
    ({"ALLOWED_HOSTS": ["localhost", "[::1]"]}, ["oracle.W006"]),
    ({"EMAIL_HOST": ""}, ["oracle.W007"]),
    ({"EMAIL_HOST": "", "DEBUG": True}, ["oracle.E001", "oracle.W007"]),
]


def ids(found: list[Any]) -> list[str]:
    assert all(message.hint for message in found)
    return [message.id for message in found]


@pytest.mark.parametrize(("changes", "named"), LACKS)
def test_each_setting_that_is_missing(changes: dict[str, Any], named: list[str], settings: Any) -> None:
    for name, value in (READY | changes).items():
        setattr(settings, name, value)
    assert ids(checks.settings_of_a_real_site()) == named


def test_static_files_that_are_not_collected(settings: Any, tmp_path: Path) -> None:
    for name, value in READY.items():
        setattr(settings, name, value)
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = settings.STORAGES | {"staticfiles": {"BACKEND": settings.KEPT}}
    assert ids(checks.settings_of_a_real_site()) == ["oracle.E004"]
    (tmp_path / "staticfiles.json").write_text("{}")
    assert ids(checks.settings_of_a_real_site()) == []


@pytest.mark.django_db
def test_an_administrator_who_is_active(administrator: User, editor: User) -> None:
    assert ids(checks.an_administrator()) == []
    administrator.is_active = False
    record(administrator, by=None, event="user.deactivate")
    assert ids(checks.an_administrator()) == ["oracle.W008"]


@pytest.mark.django_db
@pytest.mark.parametrize(("debug", "named"), [(False, ["oracle.E005"]), (True, [])])
def test_the_demonstration_in_a_real_sites_database(debug: bool, named: list[str], settings: Any, editor: User) -> None:
    settings.DEBUG = debug
    assert ids(checks.no_demonstration()) == []
    User.objects.create_user(DEMONSTRATION_ACCOUNTS[-1].email, name="Demo")
    assert ids(checks.no_demonstration()) == named


@pytest.mark.django_db
def test_drafts_are_named_until_ones_own_wording_is_in_force() -> None:
    found()
    (warning,) = of_the_house.own_documents()
    assert warning.id == "oracle.W009"
    assert warning.msg.endswith(
        "draft that came with the software: disclaimer for patients and carers, "
        "disclaimer for professionals, editorial policy."
    )
    for kind in Document.Kind:
        text = Document.objects.get(kind=kind).body
        record(Document(kind=kind, number=2, body=f"{text}\n\nAnd this."), by=None, event="document.save")
    assert of_the_house.own_documents() == []


@pytest.mark.django_db
def test_a_chair_and_a_member_in_order(founded: None) -> None:
    assert ids(of_the_house.a_board()) == ["oracle.I001", "oracle.I002"]
    cast.person("Carla Chair", "chair")
    member = cast.person("Rita Reviewer", "reviewer")
    assert ids(of_the_house.a_board()) == ["oracle.I002"]
    record_of = cast.board_member(member, "nephrology", checked_on=None, expires_on=None)
    assert ids(of_the_house.a_board()) == ["oracle.I002"]
    record_of.checked_on = record_of.expires_on = clock.today()
    record(record_of, by=None, event="board.save")
    assert ids(of_the_house.the_house()) == []


@pytest.mark.django_db(transaction=True)
def test_a_database_that_does_not_answer() -> None:
    kept = connections["default"]
    connections["default"] = stock.DatabaseWrapper(connection.settings_dict | {"HOST": "127.0.0.1", "PORT": 9})
    try:
        assert ids(checks.an_administrator()) == ["oracle.W010"]
        assert checks.no_demonstration() == []
        assert of_the_house.the_house() == []
    finally:
        connections["default"] = kept


def url_of(role: str) -> str:
    """The test database as a server of one's own, for another process."""
    found = connection.get_connection_params()
    host, port = quote(str(found.get("host", "")), safe=""), found.get("port", "")
    return f"postgres://{role}:{quote(str(found['password']))}@{host}:{port}/{found['dbname']}"


def run(environment: dict[str, str], *words: str) -> str:
    done = subprocess.run(
        [sys.executable, *words],
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **environment},
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


@pytest.mark.django_db(transaction=True)
def test_a_site_set_up_as_the_page_says_has_no_warning(tmp_path: Path) -> None:
    documents = {}
    for option in ("policy", "disclaimer-professional", "disclaimer-plain"):
        (tmp_path / f"{option}.md").write_text("Our own wording.\n")
        documents[f"--{option}"] = str(tmp_path / f"{option}.md")
    with as_owner():
        owner = url_of(owner_role())
    around = {"ORACLE_DATA_DIR": str(tmp_path / "site")}
    first = around | {
        "DATABASE_URL": url_of(app_role()),
        "DATABASE_OWNER_URL": owner,
        "ALLOWED_HOSTS": "articles.example.org",
        "HTTPS": "1",
        "TRUSTED_PROXIES": "1",
        "EMAIL_HOST": "mail.example.org",
        "ORACLE_ADMIN_PASSWORD": "a password of one's own",
    }
    answers = {"--site-name": "Kidney Answers", "--responsible": "The Renal Society", "--contact": "desk@example.org"}
    answers |= {"--name": "Ada Admin", "--email": "ada@example.org"} | documents
    words = [word for pair in answers.items() for word in pair]
    assert "is ready" in run(first, "manage.py", "setup", "--no-input", *words)
    told = run(around, "-c", COLLECT_AND_CHECK)
    assert [line.split(")")[0] for line in told.splitlines() if line.startswith("?: (")] == [
        "?: (oracle.I001",
        "?: (oracle.I002",
    ]
