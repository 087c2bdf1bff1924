"""Every address of the site for every role: who gets what, to look at and to send an empty form to.

An address without a row fails. An article is under review by `reviewer`, with an open objection; another is signed.
"""

import re
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from articles.models import Article, Report
from oracle.accounts.models import User
from reviews import discussion

from .cast import approved, sign_in, under_review
from .test_public_addresses import ENTRANCE, EVERY, READERS

pytestmark = pytest.mark.django_db
ROLES = ("editor", "reviewer", "reviewer2", "chair", "auditor", "administrator", "outsider", "superuser")
# By address: what a GET gets, then an empty POST, in the order of ROLES.
TABLE = {
    "desk/": (
        "200 200 200 200 200 200 200 200",
        "200 200 200 200 200 200 200 200",
    ),
    "desk/articles/": (
        "200 200 200 200 200 404 404 404",
        "200 200 200 200 200 404 404 404",
    ),
    "desk/new/": (
        "200 403 403 403 403 404 404 404",
        "422 403 403 403 403 404 404 404",
    ),
    "desk/articles/<slug:slug>/": (
        "200 200 200 200 200 404 404 404",
        "200 200 200 200 200 404 404 404",
    ),
    "desk/articles/<slug:slug>/do/<slug:verb>/": (
        "405 405 405 405 405 405 405 405",
        "409 403 403 403 403 404 404 404",
    ),
    "desk/articles/<slug:slug>/classify/": (
        "302 302 302 302 302 404 404 404",
        "422 403 403 422 403 404 404 404",
    ),
    "desk/articles/<slug:slug>/hide/": (
        "403 200 200 200 403 404 404 404",
        "403 422 422 422 403 404 404 404",
    ),
    "desk/articles/<slug:slug>/show/": (
        "403 403 403 200 403 404 404 404",
        "403 403 403 422 403 404 404 404",
    ),
    "desk/articles/<slug:slug>/versions/<int:number>/": (
        "200 200 200 200 200 404 404 404",
        "200 200 200 200 200 404 404 404",
    ),
    "desk/articles/<slug:slug>/compare/<int:old>/<int:new>/": (
        "200 200 200 200 200 404 404 404",
        "200 200 200 200 200 404 404 404",
    ),
    "desk/articles/<slug:slug>/compare/": (
        "302 302 302 302 302 404 404 404",
        "302 302 302 302 302 404 404 404",
    ),
    "desk/articles/<slug:slug>/since/": (
        "302 302 302 302 302 404 404 404",
        "302 302 302 302 302 404 404 404",
    ),
    "desk/articles/<slug:slug>/reaffirm/": (
        "403 200 200 200 403 404 404 404",
        "403 409 409 409 403 404 404 404",
    ),
    "desk/articles/<slug:slug>/edit/": (
        "409 403 403 403 403 404 404 404",
        "409 403 403 403 403 404 404 404",
    ),
    "desk/articles/<slug:slug>/match/": (
        "409 403 403 403 403 404 404 404",
        "409 403 403 403 403 404 404 404",
    ),
    "desk/articles/<slug:slug>/references/": (
        "409 403 403 403 403 404 404 404",
        "409 403 403 403 403 404 404 404",
    ),
    "desk/articles/<slug:slug>/fix/": (
        "405 405 405 405 405 405 405 405",
        "409 403 403 403 403 404 404 404",
    ),
    "desk/articles/<slug:slug>/waive/": (
        "405 405 405 405 405 405 405 405",
        "409 403 403 403 403 404 404 404",
    ),
    "desk/articles/<slug:slug>/submit/": (
        "409 403 403 403 403 404 404 404",
        "409 403 403 403 403 404 404 404",
    ),
    "desk/reports/": (
        "200 200 200 200 200 404 404 404",
        "405 405 405 405 405 405 405 405",
    ),
    "desk/articles/<slug:slug>/set-aside/": (
        "302 302 302 302 302 404 404 404",
        "403 403 403 409 403 404 404 404",
    ),
    "desk/reports/<int:number>/": (
        "200 200 200 200 200 404 404 404",
        "200 200 200 200 200 404 404 404",
    ),
    "desk/reports/<int:number>/erase/": (
        "200 403 403 200 403 404 404 404",
        "409 403 403 409 403 404 404 404",
    ),
    "desk/reports/<int:number>/outcome/": (
        "405 405 405 405 405 405 405 405",
        "422 403 403 422 403 404 404 404",
    ),
    "desk/reports/<int:number>/start/": (
        "405 405 405 405 405 405 405 405",
        "409 403 403 403 403 404 404 404",
    ),
    "desk/reports/<int:number>/triage/": (
        "405 405 405 405 405 405 405 405",
        "422 403 403 422 403 404 404 404",
    ),
    "mail/": (
        "404 404 404 404 404 404 404 404",
        "405 405 405 405 405 405 405 405",
    ),
    "desk/board-overview/": (
        "403 403 403 200 200 404 404 404",
        "405 405 405 405 405 405 405 405",
    ),
    "desk/my-reviews/": (
        "403 200 200 403 403 404 404 404",
        "405 405 405 405 405 405 405 405",
    ),
    "desk/articles/<slug:slug>/reviews/": (
        "200 200 200 200 200 404 404 404",
        "200 200 200 200 200 404 404 404",
    ),
    "desk/articles/<slug:slug>/take/": (
        "403 200 200 403 403 404 404 404",
        "403 409 403 403 403 404 404 404",
    ),
    "desk/assignments/": (
        "403 403 403 200 403 404 404 404",
        "403 403 403 409 403 404 404 404",
    ),
    "desk/my-board-record/": (
        "403 200 200 403 403 404 404 404",
        "403 409 409 403 403 404 404 404",
    ),
    "desk/articles/<slug:slug>/invite/": (
        "403 403 403 200 403 404 404 404",
        "403 403 403 409 403 404 404 404",
    ),
    "desk/articles/<slug:slug>/invite/outside/": (
        "403 403 403 302 403 404 404 404",
        "403 403 403 422 403 404 404 404",
    ),
    "desk/articles/<slug:slug>/invite/<int:review>/": (
        "403 403 403 302 403 404 404 404",
        "403 403 403 409 403 404 404 404",
    ),
    "desk/articles/<slug:slug>/decline/": (
        "405 405 405 405 405 405 405 405",
        "403 409 403 403 403 404 404 404",
    ),
    "desk/articles/<slug:slug>/declare/": (
        "405 405 405 405 405 405 405 405",
        "403 409 409 403 403 404 404 404",
    ),
    "desk/articles/<slug:slug>/clear-conflict/<int:review>/": (
        "403 403 403 200 403 404 404 404",
        "403 403 403 409 403 404 404 404",
    ),
    "desk/objections/<int:comment>/answer/": (
        "405 405 405 405 405 405 405 405",
        "409 403 403 403 403 404 404 404",
    ),
    "desk/objections/<int:comment>/apply/": (
        "405 405 405 405 405 405 405 405",
        "409 403 403 403 403 404 404 404",
    ),
    "desk/objections/<int:comment>/reply/": (
        "405 405 405 405 405 405 405 405",
        "409 409 403 409 403 404 404 404",
    ),
    "desk/objections/<int:comment>/mended/": (
        "405 405 405 405 405 405 405 405",
        "409 403 403 403 403 404 404 404",
    ),
    "desk/objections/<int:comment>/resolve/": (
        "405 405 405 405 405 405 405 405",
        "403 302 403 302 403 404 404 404",
    ),
    "desk/signatures/<int:signoff>/revoke/": (
        "405 405 405 405 405 405 405 405",
        "403 409 403 409 403 404 404 404",
    ),
    "desk/rounds/<int:round_id>/": (
        "403 200 403 403 403 404 404 404",
        "403 200 403 403 403 404 404 404",
    ),
    "desk/rounds/<int:round_id>/correction/": (
        "403 302 403 403 403 404 404 404",
        "403 403 403 403 403 404 404 404",
    ),
    "desk/rounds/<int:round_id>/judge/": (
        "302 302 302 302 302 302 302 302",
        "403 409 403 403 403 404 404 404",
    ),
    "desk/rounds/<int:round_id>/section/": (
        "302 302 302 302 302 302 302 302",
        "403 409 403 403 403 404 404 404",
    ),
    "desk/rounds/<int:round_id>/comment/": (
        "302 302 302 302 302 302 302 302",
        "403 409 403 403 403 404 404 404",
    ),
    "desk/rounds/<int:round_id>/add-claim/": (
        "302 302 302 302 302 302 302 302",
        "403 409 403 403 403 404 404 404",
    ),
    "desk/rounds/<int:round_id>/interests/": (
        "302 302 302 302 302 302 302 302",
        "403 302 403 403 403 404 404 404",
    ),
    "desk/rounds/<int:round_id>/give-back/": (
        "302 302 302 302 302 302 302 302",
        "403 302 403 403 403 404 404 404",
    ),
    "desk/rounds/<int:round_id>/decide/": (
        "302 302 302 302 302 302 302 302",
        "403 422 403 403 403 404 404 404",
    ),
    "desk/rounds/<int:round_id>/challenge/": (
        "302 302 302 302 302 302 302 302",
        "403 409 403 403 403 404 404 404",
    ),
    "record/": (
        "404 404 404 200 200 200 404 404",
        "405 405 405 405 405 405 405 405",
    ),
    "record/articles/<int:article>/": (
        "200 200 200 200 200 404 404 404",
        "405 405 405 405 405 405 405 405",
    ),
    "record/entries/<slug:table>/<int:entry>/": (
        "200 200 200 200 200 404 404 404",
        "405 405 405 405 405 405 405 405",
    ),
    "accounts/password/change/": (
        "200 200 200 200 200 200 200 200",
        "200 200 200 200 200 200 200 200",
    ),
    "accounts/factors/": (
        "200 200 200 200 200 200 200 200",
        "405 405 405 405 405 405 405 405",
    ),
    "accounts/factors/app/": (
        "200 200 200 200 200 200 200 200",
        "422 422 422 422 422 422 422 422",
    ),
    "accounts/factors/challenge/": (
        "405 405 405 405 405 405 405 405",
        "409 409 409 409 409 409 409 409",
    ),
    "accounts/factors/codes/": (
        "200 200 200 200 200 200 200 200",
        "403 403 403 403 403 403 403 403",
    ),
    "accounts/factors/lost/": (
        "200 200 200 200 200 200 200 200",
        "403 403 403 403 403 403 403 403",
    ),
    "accounts/factors/passkey/": (
        "200 200 200 200 200 200 200 200",
        "409 409 409 409 409 409 409 409",
    ),
    "accounts/factors/<int:factor>/remove/": (
        "302 302 302 302 302 302 302 302",
        "302 302 302 302 302 302 302 302",
    ),
    "accounts/mail/": (
        "200 200 200 200 200 200 200 200",
        "422 422 422 422 422 422 422 422",
    ),
    "people/": (
        "404 404 404 404 404 302 404 404",
        "405 405 405 405 405 405 405 405",
    ),
    "people/invite/": (
        "404 404 404 404 404 200 404 404",
        "404 404 404 404 404 200 404 404",
    ),
    "people/<int:person>/": (
        "404 404 404 404 404 200 404 404",
        "404 404 404 404 404 422 404 404",
    ),
    "people/<int:person>/link/": (
        "405 405 405 405 405 405 405 405",
        "404 404 404 404 404 422 404 404",
    ),
}


@pytest.fixture
def places(request: Any, editor: User, reviewer: User, outsider: User) -> dict[str, Any]:
    """What stands in the places of the addresses."""
    signed = approved(editor, reviewer, question="May drug B be given?")
    article, row = under_review(editor, reviewer)
    Report.objects.create(pk=1, article=signed, text="The dose is wrong.")
    remark = discussion.comment(row, by=reviewer, body="Which adults?", blocking=True)
    return {
        "slug": article.slug,
        "verb": "recall",
        "number": 1,
        "old": 1,
        "new": 1,
        "review": row.review_id,
        "comment": remark.pk,
        "signoff": signed.signoffs.get().pk,
        "round_id": row.pk,
        "article": article.pk,
        "table": "articles_historicalarticle",
        "entry": Article.history.filter(id=article.pk).latest("history_id").pk,
        "person": outsider.pk,
        "factor": 7,  # nobody's: a factor is looked for among one's own
    }


def address(route: str, places: dict[str, Any]) -> str:
    return "/" + re.sub(r"<\w+:(\w+)>", lambda found: str(places[found[1]]), route)


def answers(client: Client, route: str, places: dict[str, Any]) -> tuple[str, str]:
    """The statuses of a GET and of an empty POST, whose effects are undone."""
    at, told = address(route, places), []
    for ask in (client.get, client.post):
        with transaction.atomic():
            told.append(str(ask(at).status_code))
            transaction.set_rollback(True)
    return told[0], told[1]


def test_every_address_has_a_row() -> None:
    office = {route for route in EVERY if route.startswith("office/")}  # its own table: tests/test_back_office.py
    assert set(TABLE) == set(EVERY) - READERS - ENTRANCE - office


@pytest.mark.parametrize("name", ROLES)
def test_who_gets_what(client: Client, request: Any, places: dict[str, Any], name: str) -> None:
    sign_in(client, request.getfixturevalue(name))
    place = ROLES.index(name)
    wanted = {route: tuple(row.split()[place] for row in rows) for route, rows in TABLE.items()}
    assert {route: answers(client, route, places) for route in TABLE} == wanted
