"""Risk and specialties on the record: who sets them when, and which rule counts for a signature."""

from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from articles import drafts
from articles.models import Article
from oracle.accounts.models import User
from oracle.refusals import NotAllowed
from reviews import rounds

from .cast import judge_everything, make_article, person, sign, sign_in, submitted

pytestmark = pytest.mark.django_db
NEPHROLOGY, BOTH = {"main_specialty": "nephrology"}, {"main_specialty": "cardiology", "specialties": ["nephrology"]}
RAISED, SAME, LOWERED = {"risk": "high"}, {"risk": "standard"}, {"risk": "standard", "reason": "It names no dose."}

# Who gets what answer; who reads the desk gets 403 otherwise, everybody else 404.
# Columns: a draft of standard risk raised, and given other specialties; the same at the board; one of high risk
# lowered there. An editor's form at the board has no specialties, so what is sent of them changes nothing.
MAY = {
    "editor": (302, 302, 302, 302, 403),
    "editor2": (302, 302, 302, 302, 403),
    "chair": (302, 302, 302, 302, 302),
    "reviewer": (403,) * 5,
    "auditor": (403,) * 5,
    "administrator": (404,) * 5,
    "outsider": (404,) * 5,
    "superuser": (404,) * 5,
}


def answer(client: Client, article: Article, given: dict[str, Any]) -> tuple[int, list[str], str]:
    """The status of a POST whose effect is undone afterwards, and what the article then had."""
    with transaction.atomic():
        sent = {"seen": drafts.classification(article)} | given
        status = client.post(reverse("classify", args=[article.slug]), sent).status_code
        row = Article.objects.get(pk=article.pk)
        transaction.set_rollback(True)
    return status, row.specialties, row.risk


@pytest.mark.parametrize("who", MAY)
def test_who_sets_risk_and_specialties(who: str, request: pytest.FixtureRequest, client: Client, editor: User) -> None:
    draft, sent = make_article(editor), submitted(editor, question="Sent?")
    high = submitted(editor, question="High?", risk="high")
    tries = (
        (draft, NEPHROLOGY | RAISED),
        (draft, BOTH | SAME),
        (sent, NEPHROLOGY | RAISED),
        (sent, BOTH | SAME),
        (high, NEPHROLOGY | LOWERED),
    )
    sign_in(client, request.getfixturevalue(who))
    found = [answer(client, article, given) for article, given in tries]
    assert tuple(status for status, _, _ in found) == MAY[who]
    changed = [(specialties, risk) for status, specialties, risk in found if status == 302]
    both, one = ["cardiology", "nephrology"], ["nephrology"]
    sent_as = both if who == "chair" else one
    wanted = [(one, "high"), (both, "standard"), (one, "high"), (sent_as, "standard"), (one, "standard")]
    assert changed == wanted[: len(changed)]


def test_a_risk_is_lowered_with_a_reason_that_the_record_shows(client: Client, editor: User, chair: User) -> None:
    article = submitted(editor, risk="high")
    address = reverse("classify", args=[article.slug])
    seen = {"seen": drafts.classification(article)}
    refused = sign_in(client, chair).post(address, NEPHROLOGY | SAME | seen)
    assert refused.status_code == 409
    assert "Say why the risk is lowered" in refused.content.decode()
    assert client.post(address, {"risk": "none"}).status_code == 422
    client.post(address, NEPHROLOGY | LOWERED | seen)
    page = client.get(reverse("record", args=[article.slug])).content.decode()
    assert "Standard risk; Nephrology." in page
    assert "Set by Clara Chair" in page
    assert "It names no dose." in page


def test_what_another_set_meanwhile_is_not_overwritten(client: Client, editor: User, editor2: User) -> None:
    article = make_article(editor)
    address, record = reverse("classify", args=[article.slug]), reverse("record", args=[article.slug])
    seen = sign_in(client, editor2).get(record).context["classification"]["seen"].value()
    drafts.set_classification(article, specialties=["nephrology"], risk="high", by=editor)
    given = BOTH | SAME | {"reason": "Kept words.", "seen": seen}
    late = client.post(address, given)
    page = late.content.decode()
    assert (late.status_code, "after you opened this page" in page, "Kept words." in page) == (409, True, True)
    now = Article.objects.get()
    assert (now.risk, now.specialties) == ("high", ["nephrology"])
    assert client.post(address, given | {"seen": ""}).status_code == 422
    again = given | {"seen": late.context["classification"]["seen"].value()}
    assert client.post(address, again).status_code == 302
    now = Article.objects.get()
    assert (now.risk, now.specialties) == ("standard", ["cardiology", "nephrology"])


def test_a_withdrawn_article_keeps_its_risk(client: Client, editor: User, chair: User) -> None:
    article = submitted(editor).perform("withdraw", by=chair, reason="Wrong.")
    assert answer(sign_in(client, chair), article, NEPHROLOGY | RAISED)[0] == 403


def test_the_rule_of_todays_risk_counts_when_one_signs(editor: User, reviewer: User, chair: User) -> None:
    """High risk needs two signatures; lowered under review, the next signature alone publishes."""
    row = rounds.take(submitted(editor, risk="high"), by=reviewer)
    judge_everything(row)
    drafts.set_classification(row.article, specialties=["nephrology"], risk="standard", by=chair, reason="No doses.")
    article = sign(row)
    assert (article.state, article.signoffs.get().rule["risk"]) == ("approved", "standard")


def test_a_signature_given_before_keeps_its_own_rule(
    editor: User, reviewer: User, reviewer2: User, chair: User
) -> None:
    """One signature under the rule of two stays short of it; the next, under today's rule, publishes."""
    first = rounds.take(submitted(editor, risk="high"), by=reviewer)
    judge_everything(first)
    assert sign(first).state == "under_review"
    article = drafts.set_classification(
        first.article, specialties=["nephrology"], risk="standard", by=chair, reason="No doses."
    )
    assert (article.state, article.standing_version_id) == ("under_review", None)
    second = rounds.take(article, by=reviewer2)
    assert sign(second).state == "approved"
    assert [row.rule["signatures"] for row in article.signoffs.order_by("id")] == [2, 1]


def test_raising_the_risk_asks_for_more_signatures_at_once(editor: User, reviewer: User, chair: User) -> None:
    row = rounds.take(submitted(editor), by=reviewer)
    judge_everything(row)
    drafts.set_classification(row.article, specialties=["nephrology"], risk="high", by=editor)
    assert sign(row).state == "under_review"


def test_nobody_else_sets_them_by_the_verb(editor: User, reviewer: User) -> None:
    with pytest.raises(NotAllowed):
        drafts.set_classification(make_article(editor), specialties=["nephrology"], risk="high", by=reviewer)


def test_no_chair_lowers_the_risk_of_their_own_text(founded: None, chair: User) -> None:
    author = person("Ada Author", "editor", "chair")
    article = submitted(author, risk="high")
    lower: dict[str, Any] = {"specialties": ["nephrology"], "risk": "standard", "reason": "No doses."}
    with pytest.raises(NotAllowed, match="another chair must decide"):
        drafts.set_classification(article, by=author, **lower)
    article = drafts.set_classification(article, by=author, specialties=["cardiology"], risk="high")
    assert (article.risk, article.specialties) == ("high", ["cardiology"])
    assert drafts.set_classification(article, by=chair, **lower).risk == "standard"
