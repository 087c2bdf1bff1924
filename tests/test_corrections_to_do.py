"""Corrections on *To do*: what they cost to find."""

from typing import Any

import pytest

from oracle.accounts.models import User
from reviews.tasks import reviewer_tasks

from .cast import approved
from .test_corrections_signed import LOOSE, MENDED, corrected, sent, text

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("number", [1, 3])
def test_to_do_reads_corrections_in_as_many_statements_however_many(
    editor: User, reviewer: User, django_assert_num_queries: Any, number: int
) -> None:
    """Four for all else, one for the rounds with what it takes, and one for the approved texts beneath corrections."""
    for one in range(number):
        article = approved(editor, reviewer, **text(LOOSE, question=f"Question {one}?"))
        article = corrected(article, editor, reviewer, MENDED, question=f"Question {one}?")
        sent(article, editor, "The mechanism is debated among writers.\n", question=f"Question {one}?")
    member = reviewer.board_record
    with django_assert_num_queries(6):
        tasks = reviewer_tasks(member)
    assert [task.group for task in tasks if task.button == "Sign a correction"] == ["Corrections to sign"] * number
