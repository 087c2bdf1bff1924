"""How other systems failed, each failure as a test (F1 to F22): here are those that no other file has.

Those of reviews and signatures are in test_pitfalls_of_reviews.py, those of pages in browser/. The last test asks that
each is named somewhere: `(F7)` in a docstring, or `_f7_` in a name.
"""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import models, transaction
from django.test import Client
from django.urls import reverse

from articles.models import Article, Report, Version
from articles.standing import Standing, standing
from articles.text.content import CONTENT_FIELDS, Content
from oracle import clock
from oracle.accounts.models import User
from oracle.audit.guards import history_of, regulated_models
from oracle.audit.history import record
from reviews import discussion, rounds
from reviews.models import ClaimCheck, Comment, Review, Round, SignOff

from .attacks import rows
from .cast import (
    approved,
    board_member,
    judge_everything,
    revised,
    sent_again,
    sign,
    sign_in,
    signing_form,
    submitted,
    under_review,
)
from .reading import words
from .test_every_address import TABLE, address, places  # noqa: F401

pytestmark = pytest.mark.django_db(transaction=True)
TESTS = Path(__file__).parent
OURS = ("articles", "reviews", "oracle")


def at(name: str, *args: object) -> str:
    return reverse(name, args=args)


def told() -> dict[str, int]:
    """How many history rows each regulated table has."""
    return {model.__name__: history_of(model)._default_manager.count() for model in regulated_models()}


# F3: deleting an account takes nothing with it.

# Of libraries, with nothing of the record in them; `app` may not delete a person anyway.
NOT_OURS = {"Authenticator", "EmailAddress", "LogEntry", "User_groups", "User_user_permissions"}


def test_f3_every_pointer_to_a_person_protects_them():
    """A history row keeps the number that its row had, whatever comes; who made the row is protected."""
    pointers = {
        (model.__name__, field.name): field.remote_field.on_delete
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.local_fields
        if field.is_relation and field.related_model is User
    }
    assert ("SignOff", "signer") in pointers
    assert ("HistoricalArticle", "history_user") in pointers
    copies = {name for name in pointers if name[0].startswith("Historical") and name[1] != "history_user"}
    assert {pointers[name] for name in copies} == {models.DO_NOTHING}
    unprotected = {name for name, rule in pointers.items() if rule is not models.PROTECT} - copies
    assert {model for model, _ in unprotected} == NOT_OURS


def test_f3_postgresql_cascades_from_nowhere():
    """No foreign key of any table deletes or empties rows when what it points at goes."""
    assert rows("SELECT conname FROM pg_constraint WHERE contype = 'f' AND confdeltype <> 'a'") == []


# F4: nobody, superuser included, has a way round.


def test_f4_no_form_of_the_desk_takes_anything_from_a_superuser(client, request, places, superuser, reviewer):  # noqa: F811
    """Not even from one with a board record: the role is what counts."""
    board_member(superuser, "nephrology")
    row = Round.objects.get(pk=places["round_id"])
    judge_everything(row)
    claim = row.version.fixed_claims[0].id
    posted = signing_form(row) | {
        "reason": "I may do anything.", "text": "Fees.", "body": "Fine.", "note": "Fine.", "sure": "yes",
        "risk": "standard", "claim": claim, "verdict": "supported", "answer": "clear", "seen": "1", "check": "1",
        "severity": "none", "outcome": "corrected", "role": "reviewer", "roles": "chair", "name": "Somebody",
        "email": "new@example.org",
    }  # fmt: skip
    before, sign_offs = told(), SignOff.objects.count()
    sign_in(client, superuser)
    # What everybody has: a first page, and their own account.
    own = {route for route in TABLE if route == "desk/" or route.startswith("accounts/")}
    routes = [*TABLE, *(f"desk/articles/<slug:slug>/do/{verb}/" for verb in Article.transitions())]
    answers = {route: client.post(address(route, places), posted).status_code for route in routes if route not in own}
    assert {route: status for route, status in answers.items() if status not in (404, 405)} == {}
    assert (told(), SignOff.objects.count()) == (before, sign_offs)


# F6: silence is no approval, and where a text came from stays known.


def test_f6_every_deadline_lapses_and_nothing_is_approved(client, editor, reviewer, reviewer2, chair):
    asked = submitted(editor)
    review = Review(article=asked, reviewer=reviewer2, invited_by=chair, invited_at=clock.now())
    review.answer_by = review.review_by = clock.today()
    half, row = under_review(editor, reviewer, risk="high")
    row.due_on = clock.today()
    with transaction.atomic():
        record(review, by=chair, event="review.invite")
        record(row, by=chair, event="round.due")
    judge_everything(row)
    sign(row)
    ready, row = under_review(editor, reviewer)
    judge_everything(row)
    signed = approved(editor, reviewer, question="May drug B be given?")
    with clock.moved_to(clock.now() + timedelta(days=4000)):
        for command in ("erase_reports", "forget_mail", "send_mail"):
            call_command(command)
        for person, name in ((chair, "to_do"), (reviewer, "to_do"), (chair, "board_overview"), (editor, "articles")):
            assert sign_in(client, person).get(at(name)).status_code == 200
        states = [Article.objects.get(pk=article.pk).state for article in (asked, half, ready, signed)]
        assert states == ["submitted", "under_review", "under_review", "approved"]
        assert standing(Article.objects.get(pk=signed.pk), clock.today()) is Standing.OVERDUE
        assert SignOff.objects.count() == 2
        for article in (asked, half, ready, signed):
            assert Version.objects.get(pk=article.current_version_id).ai_use["tool"] == "Model X"
        assert "Model X" in words(Client().get(at("article", asked.slug)).content.decode())


# F10: the record survives every command that comes with the site.

# What may be run at any time; and the rest, with the tests in which it is run.
HOUSEKEEPING = {
    "erase_reports": ["--days", "0"],
    "forget_mail": [],
    "forget_notices": [],
    "remind": [],
    "send_mail": [],
}
ELSEWHERE = {
    "backup": "test_backup.py",
    "compare": "test_backup.py",
    "restore": "test_backup.py",
    "demonstration": "test_demonstration.py",
    "embedded_postgres": "test_embedded_postgres.py",
    "import_articles": "test_import_command.py",
    "migrate": "database.py",
    "setup": "test_setup.py",
    "clean_duplicate_history": "test_database_roles.py",
    "clean_old_history": "test_database_roles.py",
    "loaddata": "test_database_roles.py",
}


def test_f10_the_record_survives_every_command(editor, reviewer):
    article = approved(editor, reviewer)
    revised(article, editor)
    Report.objects.create(article=article, text="The dose is wrong.")
    ours = [config.path for config in apps.get_app_configs() if config.name.split(".")[0] in OURS]
    found = {path.stem for place in ours for path in Path(place).glob("management/commands/[a-z]*.py")}
    assert found == {*HOUSEKEEPING, *ELSEWHERE}
    assert [name for name, file in ELSEWHERE.items() if name not in (TESTS / file).read_text()] == []
    before, later = told(), clock.now() + timedelta(days=4000)
    with clock.moved_to(later):
        for name, options in HOUSEKEEPING.items():
            call_command(name, *options)
    assert told() == before


# F13: every signature can be computed again, from what is stored.


def test_f13_every_signature_is_the_hash_of_the_stored_text(editor, reviewer, reviewer2):
    twice = sent_again(_sent_back(editor, reviewer), editor)
    discussion.resolve(twice.comments.get(), by=reviewer)
    again = Round.objects.active().get(article=twice)
    judge_everything(again)
    sign(again)
    _, row = under_review(editor, reviewer, risk="high", question="May “drug” B – 5 µg – be given?")
    judge_everything(row)
    sign(row)
    columns = ", ".join(f"'{name}', to_jsonb(v.\"{name}\")" for name in CONTENT_FIELDS)
    stored = rows(
        f"SELECT s.content_sha256, jsonb_build_object({columns})"
        " FROM reviews_signoff s JOIN articles_version v ON v.id = s.version_id"
    )
    assert [Content(**_loaded(text)).sha256() for _, text in stored] == [digest for digest, _ in stored]
    assert len({digest for digest, _ in stored}) == 2


def _sent_back(editor: User, reviewer: User) -> Article:
    _, row = under_review(editor, reviewer)
    return rounds.ask_for_changes(row, by=reviewer, reason="Name the dose.")


def _loaded(text: Any) -> dict[str, Any]:
    import json

    loaded: dict[str, Any] = json.loads(text) if isinstance(text, str) else text
    return loaded


# F15: what is withdrawn keeps its record.


def test_f15_a_withdrawn_article_keeps_its_whole_record(client, editor, reviewer, chair, auditor):
    article = approved(editor, reviewer)
    comments, checks = Comment.objects.count(), ClaimCheck.objects.count()
    before = {model: list(history_of(model)._default_manager.values()) for model in regulated_models()}
    article = article.perform("withdraw", by=chair, reason="It can no longer be supported.")
    for model, entries in before.items():
        ids = [entry["history_id"] for entry in entries]
        assert list(history_of(model)._default_manager.filter(history_id__in=ids).values()) == entries
    assert (SignOff.objects.count(), Comment.objects.count(), ClaimCheck.objects.count()) == (1, comments, checks)
    sign_in(client, auditor)
    story = words(client.get(at("story", article.pk)).content.decode())
    for said in ("signed version 1", "It can no longer be supported."):
        assert said in story
    kept = words(client.get(at("desk_version", article.slug, 1)).content.decode())
    assert "half the dose" in kept


# F22: nobody acts as another.


def test_f22_what_is_done_is_told_of_who_was_signed_in(client, editor, reviewer, chair):
    article = approved(editor, reviewer)
    posted = {"reason": "It is out of date.", "sure": "yes"}
    claimed = {name: str(editor.pk) for name in ("by", "user", "as", "history_user", "person", "signer")}
    headers = {"x-user": editor.email, "remote-user": editor.email, "x-forwarded-user": editor.email}
    sign_in(client, chair)
    client.post(at("do", article.slug, "withdraw") + f"?user={editor.pk}", posted | claimed, headers=headers)
    entry = article.history.latest("history_id")
    assert (entry.history_event, entry.history_user) == ("article.withdraw", chair)


def test_f22_no_address_makes_one_person_another(client, administrator, places):  # noqa: F811
    """Whatever an administrator opens or sends, they stay themselves."""
    sign_in(client, administrator)
    posted = {"user": str(places["person"]), "reason": "To see what they see."}
    for route in TABLE:
        for ask in (client.get, client.post):
            ask(address(route, places), posted)
            assert client.session["_auth_user_id"] == str(administrator.pk), route


# Each is named.


def test_every_pitfall_has_a_test_that_names_it():
    named: set[int] = set()
    for path in TESTS.rglob("test_*.py"):
        text = path.read_text()
        named |= {int(number) for number in re.findall(r"def test_f(\d+)_", text)}
        for docstring in re.findall(r'def test_\w+\([^"]*?\)[^"]*?:\n    """(.*?)"""', text, re.DOTALL):
            named |= {int(number) for number in re.findall(r"\(F(\d+)\)", docstring)}
    assert named == set(range(1, 23))
