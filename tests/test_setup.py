"""`manage.py setup` makes an empty site, once, whole or not at all."""

from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from articles.models import Article, Document, Specialty
from oracle import site_file
from oracle.accounts.models import User
from reviews.founding import drafts, is_draft
from reviews.models import SignOffRule
from reviews.setup import KEPT

pytestmark = pytest.mark.django_db(transaction=True)
SETUP = "reviews.management.commands.setup"
PASSWORD = "a password of one's own"
ANSWERS = {
    "site_name": 'Kidney "Answers"',
    "responsible": "The Renal Society",
    "contact": "desk@example.org",
    "name": "Ada Admin",
    "email": "Ada@Example.org",
}


@pytest.fixture(autouse=True)
def empty_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*KEPT, "SITE_NAME", "RESPONSIBLE", "CONTACT_EMAIL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("ORACLE_ADMIN_PASSWORD", PASSWORD)


@pytest.fixture
def path(settings: Any, tmp_path: Path) -> Path:
    """Where the new site's file will be."""
    settings.SITE_FILE = tmp_path / "new" / "site.env"
    return tmp_path / "new" / "site.env"


def setup(**changes: Any) -> str:
    """Run the command, as a script does; gives back what it said."""
    said = StringIO()
    call_command("setup", interactive=False, stdout=said, **(ANSWERS | changes))
    return said.getvalue()


def nothing_made(path: Path) -> bool:
    return not (path.exists() or User.objects.exists() or Document.objects.exists() or Specialty.objects.exists())


def test_an_empty_site_with_its_first_administrator(path: Path, settings: Any) -> None:
    said = setup()
    ada = User.objects.get()
    assert (ada.email, ada.name, ada.roles, ada.is_staff) == ("ada@example.org", "Ada Admin", ["administrator"], False)
    assert (Article.objects.count(), SignOffRule.objects.count(), Specialty.objects.count()) == (0, 2, 15)
    assert {row.history_user for row in Document.history.all()} == {ada}  # type: ignore[attr-defined]
    expected = drafts("The Renal Society", "desk@example.org")
    assert dict(Document.objects.values_list("kind", "body")) == expected
    assert "The Renal Society has the editorial responsibility" in expected["policy"]
    assert {"SECRET_KEY": settings.SECRET_KEY, "SITE_NAME": 'Kidney "Answers"'}.items() <= site_file.read(path).items()
    assert (PASSWORD in path.read_text(), path.stat().st_mode & 0o777) == (False, 0o600)
    assert ("sign in as ada@example.org" in said, PASSWORD in said) == (True, False)


def test_the_administrator_signs_in(path: Path) -> None:
    setup(role=["editor"])
    assert User.objects.get().roles == ["editor", "administrator"]
    client = Client()
    client.post("/accounts/login/", {"login": "ada@example.org", "password": PASSWORD})
    assert {client.get(address).status_code for address in ("/office/", "/desk/", "/policy/", "/")} == {200}


def test_ones_own_documents_in_place_of_the_drafts(path: Path, tmp_path: Path) -> None:
    own = tmp_path / "policy.md"
    own.write_text("## Who answers\n\nWe do.\n")
    setup(policy=own)
    assert {document.kind: is_draft(document) for document in Document.objects.all()} == {
        "policy": False,
        "disclaimer_professional": True,
        "disclaimer_plain": True,
        "questions": True,
    }


def test_questions_that_cannot_be_asked_stop_the_setup(path: Path, tmp_path: Path) -> None:
    own = tmp_path / "questions.txt"
    own.write_text("It is safe.\n")
    with pytest.raises(CommandError, match=r"ends with a question mark.*Nothing was set up"):
        setup(questions=own)
    assert nothing_made(path)
    own.write_text("Is it safe?\n")
    setup(questions=own)
    assert Document.objects.get(kind="questions").body == "Is it safe?"


def test_what_the_site_needs_again_is_kept_and_the_owners_password_is_not(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    around = {"ALLOWED_HOSTS": "a.example.org", "HTTPS": "1", "DATABASE_URL": "postgres://app:a@db/oracle"}
    for name, value in around.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("DEBUG", "0")
    setup()
    assert set(site_file.read(path)) == {"SECRET_KEY", "SITE_NAME", "RESPONSIBLE", "CONTACT_EMAIL", *around}


def test_the_answers_may_stand_in_the_environment(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SITE_NAME", "From the environment")
    setup(site_name=None)
    assert site_file.read(path)["SITE_NAME"] == "From the environment"


def test_a_second_time_is_refused_and_changes_nothing(path: Path, settings: Any, tmp_path: Path) -> None:
    setup()
    before = path.read_text()
    with pytest.raises(CommandError, match="set up here already"):
        setup(email="other@example.org")
    settings.SITE_FILE = tmp_path / "elsewhere.env"
    with pytest.raises(CommandError, match="belongs to a site already"):
        setup(email="other@example.org")
    assert (path.read_text(), User.objects.count(), settings.SITE_FILE.exists()) == (before, 1, False)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"site_name": ""}, "--site-name: This field is required"),
        ({"contact": "nobody"}, "--contact: Enter a valid email"),
        ({"email": "", "name": " "}, "--name: This field is required.* --email: This field is required"),
        ({"site_name": "two\nlines"}, "cannot stand in site.env"),
        ({"policy": Path("/nowhere/policy.md")}, "No such file"),
        ({"policy": Path("/dev/null")}, "/dev/null: empty"),
    ],
)
def test_a_bad_answer_makes_nothing(changes: dict[str, Any], sentence: str, path: Path) -> None:
    with pytest.raises(CommandError, match=sentence):
        setup(**changes)
    assert nothing_made(path)


@pytest.mark.parametrize("password", ["", "short", "aaaaaaaaaaaaaa", "ada@example.org"])
def test_a_bad_password_makes_nothing(password: str, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ORACLE_ADMIN_PASSWORD", password)
    with pytest.raises(CommandError, match=r"ORACLE_ADMIN_PASSWORD: .*Nothing was set up"):
        setup()
    assert nothing_made(path)


def test_the_demonstrations_mode_is_refused(path: Path, settings: Any) -> None:
    settings.DEBUG = True
    with pytest.raises(CommandError, match="DEBUG=0"):
        setup()
    assert nothing_made(path)


def test_what_fails_half_way_leaves_nothing(path: Path, as_owner: Callable[[str], None]) -> None:
    as_owner("ALTER TABLE articles_document ADD CONSTRAINT closed CHECK (kind <> 'disclaimer_plain')")
    try:
        with pytest.raises(CommandError, match="The site was not set up"):
            setup()
    finally:
        as_owner("ALTER TABLE articles_document DROP CONSTRAINT closed")
    assert nothing_made(path)
    setup()
    assert path.exists()


def typed(monkeypatch: pytest.MonkeyPatch, lines: list[str], passwords: list[str]) -> list[str]:
    """Let a person type these; gives back the questions, as they are asked."""
    asked: list[str] = []
    answers: Iterator[str] = iter(lines)
    secrets: Iterator[str] = iter(passwords)
    monkeypatch.setattr("builtins.input", lambda question: asked.append(question) or next(answers))
    monkeypatch.setattr(f"{SETUP}.getpass", lambda question: asked.append(question) or next(secrets))
    return asked


def test_asked_until_each_answer_is_valid(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RESPONSIBLE", "Proposed")
    lines = ["", "Kidney Answers", "", "nobody", "desk@example.org", "Ada Admin", "ada@example.org"]
    asked = typed(monkeypatch, lines, ["short", PASSWORD, "another one altogether", PASSWORD, PASSWORD])
    faults = StringIO()
    call_command("setup", stdout=StringIO(), stderr=faults)
    assert (len(asked), asked[2]) == (12, "Person or body with editorial responsibility [Proposed]: ")
    assert site_file.read(path)["RESPONSIBLE"] == "Proposed"
    assert User.objects.get().check_password(PASSWORD)
    assert [part for part in ("required", "valid email", "too short", "not the same") if part in faults.getvalue()] == [
        "required",
        "valid email",
        "too short",
        "not the same",
    ]


def test_with_nobody_to_ask_it_says_how_to_do_without(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody(question: str) -> str:
        raise EOFError

    monkeypatch.setattr("builtins.input", nobody)
    with pytest.raises(CommandError, match="--no-input"):
        call_command("setup")
    assert nothing_made(path)
