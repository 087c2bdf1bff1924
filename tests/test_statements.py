"""How many statements each change of state costs, those that begin and end transactions included: literal numbers."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from articles import drafts
from articles.models import Article
from articles.models.suspension import suspend
from articles.text.content import Content
from reviews import checking, discussion, rounds
from reviews.models import Round
from tests.cast import approved, content, judge_everything, make_article, sign, submitted, under_review
from tests.reading import People, people_of_the_cast  # noqa: F401

Ready = Callable[[People], Any]


def draft(who: People) -> Article:
    return make_article(who.editor)


def sent(who: People) -> Article:
    return submitted(who.editor)


def signed(who: People) -> Article:
    return approved(who.editor, who.reviewer)


def in_review(who: People) -> Round:
    return Round.objects.select_related("article").get(pk=under_review(who.editor, who.reviewer)[1].pk)


def judged(who: People) -> Round:
    row = in_review(who)
    judge_everything(row)
    return row


def changed() -> Content:
    return content(direct_answer="Yes, at half the dose, with monitoring [@one].")


# What is made ready, the step, and its statements, with what the line itself reads of a fresh row. Most stay within
# twenty; signing judges twice, before the signature and before the approval, and reads the questions before a code is
# used up and again under the lock; sending back opens a copy and writes what the board objects to. Both end with six
# for the mail about it, however many people get it.
STEPS: dict[str, tuple[Ready, Callable[[Any, People], object], int]] = {
    "save": (
        draft,
        lambda row, who: drafts.save(row, by=who.editor, base=row.current_version.fingerprint, content=changed()),
        8,
    ),
    "submit": (draft, lambda row, who: row.perform("submit", by=who.editor), 15),
    "take": (sent, lambda row, who: rounds.take(row, by=who.reviewer), 20),
    "judge": (in_review, lambda row, who: checking.judge(row, first(row), by=who.reviewer, verdict="supported"), 9),
    "comment": (in_review, lambda row, who: discussion.comment(row, by=who.reviewer, body="Why?", blocking=True), 8),
    "give back": (in_review, lambda row, who: rounds.give_back(row, by=who.reviewer), 16),
    "hide": (signed, lambda row, who: suspend(row, by=who.chair, reason="Harm."), 9),
    "withdraw": (signed, lambda row, who: row.perform("withdraw", by=who.chair, reason="Old."), 13),
    "take back": (sent, lambda row, who: row.perform("recall", by=who.editor, reason="Wrong."), 15),
    "revise": (signed, lambda row, who: row.perform("revise", by=who.editor), 10),
    "ask for changes": (in_review, lambda row, who: rounds.ask_for_changes(row, by=who.reviewer, reason="Mend."), 38),
    "sign": (judged, lambda row, who: sign(row), 54),
}


def first(row: Round) -> str:
    return row.version.fixed_claims[0].id


@pytest.mark.parametrize("name", STEPS)
def test_a_step_costs_so_many_statements(name: str, people: People) -> None:
    ready, step, statements = STEPS[name]
    made = ready(people)
    fresh = type(made)._default_manager.get(pk=made.pk)
    with CaptureQueriesContext(connection) as captured:
        step(fresh, people)
    assert len(captured) == statements, [query["sql"][:80] for query in captured]
