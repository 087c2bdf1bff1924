"""Person × state × action of the board's desk, as HTTP answers: these tables are all the rules."""

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from articles.models import Article
from reviews.models import Round

from .cast import ANSWERED, PASSWORD, approved, sign_in
from .test_life_tables import in_state

pytestmark = pytest.mark.django_db
PEOPLE = ("reviewer", "reviewer2", "reviewer3", "editor", "chair", "auditor", "administrator", "outsider", "superuser")
STATES = ("draft", "submitted", "under_review", "changes_requested", "approved", "withdrawn")

# Who gets through to the act at all. The author of the review in `under_review` and later is `reviewer`.
TAKE = {
    "draft": {"reviewer": 409, "reviewer2": 409, "reviewer3": 409},
    "submitted": {"reviewer": 302, "reviewer2": 403, "reviewer3": 302},  # reviewer2 lacks the main specialty
    "under_review": {"reviewer": 409, "reviewer2": 403, "reviewer3": 302},  # reviewer has it already
    "changes_requested": {"reviewer": 409, "reviewer2": 409, "reviewer3": 409},
    "approved": {"reviewer": 409, "reviewer2": 409, "reviewer3": 409},
    "withdrawn": {"reviewer": 409, "reviewer2": 409, "reviewer3": 409},
}
HIDE = {
    state: dict.fromkeys(("reviewer", "reviewer2", "reviewer3", "chair"), 409 if state == "draft" else 302)
    for state in STATES
}
READERS = ("reviewer", "reviewer2", "reviewer3", "editor", "chair", "auditor")


def answer(client: Client, address: str, **posted: str) -> int:
    """The status of a POST whose effect is undone afterwards."""
    with transaction.atomic():
        status = client.post(address, posted).status_code
        transaction.set_rollback(True)
    return status


def expected(table: dict[str, dict[str, int]], state: str, name: str) -> int:
    """What the table says; who reads the desk but may not do it gets 403, everybody else 404."""
    return table[state].get(name, 403 if name in READERS else 404)


@pytest.mark.parametrize("state", STATES)
def test_taking_and_hiding(request, client, state, editor, reviewer, chair):
    article = in_state(state, editor, reviewer, chair)
    for name in PEOPLE:
        sign_in(client, request.getfixturevalue(name))
        take = answer(client, reverse("take", args=[article.slug]))
        hide = answer(client, reverse("hide", args=[article.slug]), reason="A dose is in doubt.")
        assert (name, take) == (name, expected(TAKE, state, name))
        assert (name, hide) == (name, expected(HIDE, state, name))


def test_revoking(request, client, editor, reviewer):
    signoff = approved(editor, reviewer).signoffs.get()
    for name in PEOPLE:
        sign_in(client, request.getfixturevalue(name))
        status = answer(client, reverse("revoke", args=[signoff.pk]), reason="I misread the trial.")
        wanted = 302 if name in ("reviewer", "chair") else 403 if name in READERS else 404
        assert (name, status) == (name, wanted)


def test_an_open_round_is_its_reviewers_alone(request, client, editor, reviewer):
    in_state("under_review", editor, reviewer, None)
    row = Round.objects.get()
    claim = row.version.fixed_claims[0].id
    forms = {
        "judge": {"claim": claim, "verdict": "supported"},
        "comment": {"body": "Which trial?"},
        "give_back": {"note": ""},
        "decide": {"decision": "changes", "reason": "Name the dose."},
    }
    for name in PEOPLE:
        sign_in(client, request.getfixturevalue(name))
        for action, posted in forms.items():
            status = answer(client, reverse(action, args=[row.pk]), **posted)
            wanted = 302 if name == "reviewer" else 403 if name in READERS else 404
            assert (name, action, status) == (name, action, wanted)


@pytest.mark.parametrize("state", sorted(set(STATES) - {"under_review"}))
def test_nobody_signs_in_another_state(client, state, editor, reviewer, chair):
    """The round that was open has ended, whatever became of the article."""
    article = in_state(state, editor, reviewer, chair)
    sign_in(client, reviewer)
    before = article.signoffs.count()
    for row in Round.objects.all():
        shown = row.version.content_sha256
        posted = {"decision": "approve", "sha256": shown, "password": PASSWORD, **ANSWERED}
        assert answer(client, reverse("decide", args=[row.pk]), **posted) == 409
    assert Article.objects.get(pk=article.pk).signoffs.count() == before
