"""Which signatures count: corrections never as approvals; approvals in the sets in which they were given."""

from datetime import timedelta

import pytest
from django.db import transaction

from articles.models import Article
from oracle import clock
from oracle.accounts.models import User
from oracle.audit.history import record
from reviews import rounds, signing, tasks
from reviews.models import BoardMember, SignOff, SignOffRule
from reviews.overview import present
from reviews.reading import Page, rounds_to_read

from .cast import approved, judge_everything, sign, under_review
from .test_corrections_signed import LOOSE, correct, corrected, own, sent, text
from .test_reaffirming import renew

pytestmark = pytest.mark.django_db(transaction=True)

LATER = timedelta(days=100)
OPEN = "Open to take in my specialty"


def of(user: User) -> BoardMember:
    return BoardMember.objects.get(user=user)


def groups_of(user: User) -> set[str]:
    return {task.group for task in tasks.reviewer_tasks(of(user))}


@pytest.fixture
def correction_left(editor: User, reviewer: User, reviewer2: User) -> Article:
    """At high risk, with a correction by one of two signers, and the approval of the other revoked: no approval of the
    current text is left, and that correction.
    """
    article, first = under_review(editor, reviewer, risk="high", **text(LOOSE))
    second = rounds.take(article, by=reviewer2)
    judge_everything(first)
    judge_everything(second)
    sign(first)
    article = correct(own(sent(sign(second), editor), reviewer))
    signoff = SignOff.objects.get(signer=reviewer2)
    article = signing.revoke(signoff, by=reviewer2, reason="I am no longer sure.")
    assert article.state == "submitted"
    return article


def test_a_correction_is_no_approval_of_the_current_text(
    correction_left: Article, reviewer: User, reviewer2: User, reviewer3: User
) -> None:
    assert tasks.LAPSING not in groups_of(reviewer3)
    assert [groups_of(user) & {"Short of signatures", OPEN} for user in (reviewer, reviewer3)] == [{OPEN}, {OPEN}]
    row = rounds.take(correction_left, by=reviewer3)
    page = Page(rounds_to_read().get(pk=row.pk), reviewer3)
    assert page.rule_line == "0 of 2 signatures given; one more is needed after yours"
    assert present.short_of_signatures().count == 0
    judge_everything(row)
    assert not signing.would_publish(row.version_id, SignOffRule.objects.get(risk="high"))
    assert sign(row).state == "under_review"
    assert present.short_of_signatures().lines[0].facts[-2:] == ["1 of 2 signed", "nobody else at work"]


def test_who_corrected_a_text_may_reaffirm_it(editor: User, reviewer: User) -> None:
    signed = approved(editor, reviewer, **text(LOOSE))
    with clock.moved_to(clock.now() + LATER):
        corrected(signed, editor, reviewer)
    with clock.moved_to(clock.now() + timedelta(days=3 * 365 - 30)):
        renew(reviewer)
        member = of(reviewer)
        member.disclosed_on = clock.today()
        with transaction.atomic():
            record(member, by=None, event="board.save")
        assert tasks.LAPSING in groups_of(reviewer)
