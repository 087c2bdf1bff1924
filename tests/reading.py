"""An article in each situation that readers can meet, made by the verbs; and what a page says, without its markup."""

import html
import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from articles.models import Article, Document
from articles.models.suspension import lift, suspend
from oracle import clock
from oracle.accounts.models import User
from oracle.audit.history import record
from reviews import rounds, signing
from reviews.models import Round
from tests.cast import amended, approved, judge_everything, revised, sign, submitted, under_review

SECRET = "Zyxmab"
ANSWER = f"Yes: {SECRET} may be given in kidney failure at half the dose [@one]."
TEXTS: dict[str, Any] = {
    "direct_answer": ANSWER,
    "title": f"{SECRET} in kidney failure",
    "professional": f"## {SECRET}\n\n{SECRET} at 5 mg daily lowered pressure in 40 adults [@one].\n\n"
    f"{SECRET} was stopped in 10 % of them [@two].\n",
    "plain": f"{SECRET} can be used when kidneys work poorly, at a lower dose [@one].\n",
    "funding": f"A grant of the makers of {SECRET}.",
    "ai_use": {"level": "drafted", "tool": f"{SECRET} GPT", "purpose": "first draft", "checked_by": "Edith Editor"},
}


@dataclass(frozen=True)
class People:
    """Who is needed to bring an article into any situation."""

    editor: User
    reviewer: User
    reviewer2: User
    chair: User


@pytest.fixture(name="people")
def people_of_the_cast(editor: User, reviewer: User, reviewer2: User, chair: User) -> People:
    return People(editor, reviewer, reviewer2, chair)


def pending(who: People, **changes: Any) -> Article:
    return submitted(who.editor, **(TEXTS | changes))


def in_review(who: People) -> Article:
    return under_review(who.editor, who.reviewer, **TEXTS)[0]


def signed(who: People) -> Article:
    return approved(who.editor, who.reviewer, **TEXTS)


def sent_back(who: People, **changes: Any) -> Article:
    _, row = under_review(who.editor, who.reviewer, **(TEXTS | changes))
    judge_everything(row)
    return rounds.ask_for_changes(row, by=who.reviewer, reason="The dose is not right.")


def revoked(article: Article, who: People) -> Article:
    signoff = article.signoffs.latest("id")
    return signing.revoke(signoff, by=who.reviewer, reason="I was mistaken.")


def hidden(article: Article, who: People) -> Article:
    return suspend(article, by=who.reviewer2, reason="A reader was harmed.")


def withdrawn(article: Article, who: People) -> Article:
    return article.perform("withdraw", by=who.chair, reason="It can no longer be supported.")


def newer_with_board(who: People) -> Article:
    return revised(signed(who), who.editor, title="Newer").perform("submit", by=who.editor)


def signed_twice(who: People) -> Article:
    """Version 1 was signed, and version 2 followed it."""
    article = newer_with_board(who)
    row = Round.objects.active().get(article=article)
    judge_everything(row)
    return sign(row)


def hidden_then_shown(who: People) -> Article:
    return lift(hidden(signed(who), who), by=who.chair, reason="It was a misunderstanding.")


def policy(number: int, withholds: str, **fields: Any) -> Document:
    with transaction.atomic():
        kind = Document.Kind.POLICY
        document = Document(kind=kind, number=number, body=f"Policy {number}.", withholds=withholds, **fields)
        return record(document, by=None, event="document.save")


def everything_withheld(who: People) -> Article:
    policy(2, "all")
    return pending(who)


def reinstated(who: People) -> Article:
    return withdrawn(signed(who), who).perform("reinstate", by=who.chair, reason="New evidence.")


def reinstated_and_submitted(who: People) -> Article:
    return revised_draft(reinstated(who), who).perform("submit", by=who.editor)


def revised_draft(article: Article, who: People) -> Article:
    return amended(article, who.editor, **TEXTS)


def dropped(who: People) -> Article:
    return revised(signed(who), who.editor, title="Newer").perform("abandon", by=who.editor)


# Situation: how it comes about, its standing, whether the text is shown.
SITUATIONS: dict[str, tuple[Callable[[People], Article], str, bool]] = {
    "submitted": (pending, "pending", True),
    "under review": (in_review, "pending", True),
    "high risk, submitted": (lambda who: pending(who, risk="high"), "pending", False),
    "submitted, all withheld": (everything_withheld, "pending", False),
    "sent back": (sent_back, "pending", False),
    "recalled": (lambda who: pending(who).perform("recall", by=who.editor, reason="Wrong file."), "pending", False),
    "approved": (signed, "approved", True),
    "being revised": (lambda who: revised(signed(who), who.editor), "approved", True),
    "newer with the board": (newer_with_board, "approved", True),
    "newer dropped": (dropped, "approved", True),
    "signed twice": (signed_twice, "approved", True),
    "overdue": (signed, "overdue", True),
    "overdue, being revised": (lambda who: revised(signed(who), who.editor), "overdue", True),
    "hidden, then shown": (hidden_then_shown, "approved", True),
    "revoked": (lambda who: revoked(signed(who), who), "pending", False),
    "revoked while revised": (lambda who: revoked(revised(signed(who), who.editor), who), "pending", False),
    "hidden, signed": (lambda who: hidden(signed(who), who), "suspended", False),
    "hidden, pending": (lambda who: hidden(pending(who), who), "suspended", False),
    "hidden, sent back": (lambda who: hidden(sent_back(who), who), "suspended", False),
    "withdrawn, signed": (lambda who: withdrawn(signed(who), who), "withdrawn", False),
    "withdrawn, pending": (lambda who: withdrawn(pending(who), who), "withdrawn", False),
    "withdrawn while hidden": (lambda who: withdrawn(hidden(signed(who), who), who), "withdrawn", False),
    "reinstated": (reinstated, "withdrawn", False),
    "reinstated and submitted": (reinstated_and_submitted, "withdrawn", False),
}


def after(day: date) -> AbstractContextManager[None]:
    """The clock on the noon of a day."""
    return clock.moved_to(datetime.combine(day, time(12), UTC))


def day_of(name: str, article: Article) -> AbstractContextManager[None]:
    """The clock on the day on which an article is in a situation."""
    late = article.review_due + timedelta(days=1) if article.review_due and name.startswith("overdue") else None
    return after(late or clock.today())


def read(client: Client, url: str, status: int = 200) -> str:
    """The markup of a page."""
    response = client.get(url)
    assert response.status_code == status, (url, response.status_code)
    return response.content.decode()


def words(markup: str) -> str:
    """What a page's body says, in one line."""
    body = re.sub(r"<(head|script|style)\b.*?</\1>", " ", markup, flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())
