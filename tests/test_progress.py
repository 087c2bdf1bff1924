"""To do and mail count the statements left as the review page does."""

from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from oracle.accounts.models import User
from oracle.audit.history import record
from reviews import checking, departed, interests, rounds, tasks
from reviews.judging import claims_to_judge, judge_all, left_for, unlisted
from reviews.mail import work
from reviews.models import BoardMember, Conflict, Round
from reviews.progress import reckoned

from .cast import content, judge_everything, sent_again, sign_in, under_review
from .reading import words

pytestmark = pytest.mark.django_db

DEBATED = "\nThe mechanism is debated among authors.\n"


def with_more(*more: str) -> dict[str, Any]:
    return {"direct_answer": content().direct_answer, "professional": content().professional + "".join(more)}


def in_numbers(row: Round) -> tuple[int, int]:
    """How many statements, and how many are left, as To do and mail count them; the same as `judge_all` says."""
    counted = reckoned(work().filter(pk=row.pk))[0]
    judged = judge_all(Round.objects.get(pk=row.pk).version)
    assert (counted.statements, counted.left) == (len(judged), len(left_for(judged, row.review.reviewer_id)))
    return counted.statements, counted.left


def added_and_sent_again(editor: User, reviewer: User, reviewer3: User, *more: str, **changes: Any) -> Round:
    """A round of the second reviewer on version 2, after the first had a sentence of version 1 judged as well."""
    article, row = under_review(editor, reviewer, **with_more(DEBATED), **changes)
    other = rounds.take(article, by=reviewer3)
    judge_everything(row)
    judge_everything(other)
    added = checking.add_claim(row, by=reviewer, sentence=unlisted(row.version)[0].id)
    checking.judge(row, added.claim, by=reviewer, verdict="partly", note="Name them.")
    assert in_numbers(other) == (6, 1)
    article = rounds.ask_for_changes(row, by=reviewer, reason="See the comments.")
    found = rounds.active_round(sent_again(article, editor, **with_more(*more)), reviewer3)
    assert found
    return found


def test_a_sentence_added_to_an_earlier_version_is_left_while_the_text_has_it(
    client: Client, editor: User, reviewer: User, reviewer3: User
) -> None:
    row = added_and_sent_again(editor, reviewer, reviewer3, DEBATED, "\nA second view exists.\n")
    assert in_numbers(row) == (6, 1)
    page = words(sign_in(client, reviewer3).get(reverse("to_do")).content.decode())
    assert "1 statement, about 1 min new to you" in page
    assert "ready to sign" not in page
    judge_everything(row)
    assert in_numbers(row) == (6, 0)
    assert "all judged, ready to sign" in words(client.get(reverse("to_do")).content.decode())


def test_one_that_the_text_has_no_more_is_not(editor: User, reviewer: User, reviewer3: User) -> None:
    assert in_numbers(added_and_sent_again(editor, reviewer, reviewer3, "\nA second view exists.\n")) == (5, 0)


def test_a_verdict_set_aside_is_none_and_brings_no_older_one_back(
    editor: User, reviewer: User, reviewer2: User, chair: User
) -> None:
    article, row = under_review(editor, reviewer, **with_more())
    judge_everything(row)
    article = sent_again(rounds.ask_for_changes(row, by=reviewer, reason="More."), editor, **with_more(DEBATED))
    row = rounds.active_round(article, reviewer) or row
    claim = claims_to_judge(row.version)[1].id
    check = checking.judge(row, claim, by=reviewer, verdict="unsafe", note="Too much.", quote="At most 4 mg.")
    with transaction.atomic():
        reviewer.roles = []
        record(reviewer, by=None, event="user.roles")
    departed.set_aside(article, [check.pk], by=chair, reason="Left the board.")
    assert in_numbers(row) == (5, 1)


def test_verdicts_of_who_declared_an_interest_are_none(editor: User, reviewer: User) -> None:
    article, row = under_review(editor, reviewer)
    judge_everything(row)
    interests.declare(article, by=reviewer, conflict=Conflict.DECLARED, text="I own shares.")
    assert in_numbers(row) == (5, 5)


def test_many_rounds_cost_as_many_statements_as_one(editor: User, reviewer: User, reviewer3: User) -> None:
    member, costs = BoardMember.objects.get(user=reviewer3), []
    for name in "ABC":
        more = f"\nA second view of {name} exists.\n"
        added_and_sent_again(editor, reviewer, reviewer3, DEBATED, more, question=f"May drug {name} be given?")
        with CaptureQueriesContext(connection) as captured:
            tasks.reviewer_tasks(member)
        costs.append(len(captured))
    assert costs[0] == costs[2]
