"""Which signatures count: corrections never as approvals; approvals in the sets in which they were given."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from articles.models import Article
from oracle import clock
from oracle.accounts.models import User
from oracle.audit.history import record
from reviews import rounds, signing, tasks
from reviews.counting import counted
from reviews.models import BoardMember, SignOff, SignOffRule
from reviews.overview import present
from reviews.reading import Page, rounds_to_read

from .cast import approved, judge_everything, sign, under_review
from .reading import words
from .test_corrections_signed import LOOSE, correct, corrected, own, sent, text
from .test_reaffirming import again, renew, two_signed

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
        assert tasks.LAPSING in groups_of(reviewer)


def one_specialty_will_do() -> None:
    rule = SignOffRule.objects.get(risk="high")
    rule.specialties = 1
    with transaction.atomic():
        record(rule, by=None, event="rule.save")


def people_of(article: Article) -> list[str]:
    return [row["name"].split()[0] for row in article.signatures["people"]]


def revoke(article: Article, by: User, *, newest: bool = False) -> Article:
    """Take back the first approval of a person, or the newest."""
    given = article.signoffs.standing().filter(signer=by)
    return signing.revoke(given.latest("id") if newest else given.earliest("id"), by=by, reason="A slip.")


def test_revoking_an_approval_of_an_older_set_leaves_the_newer_set_and_its_date(
    editor: User, reviewer: User, reviewer2: User
) -> None:
    article = two_signed(editor, reviewer, reviewer2)
    with clock.moved_to(clock.now() + LATER):
        again(article, reviewer)
    with clock.moved_to(clock.now() + 2 * LATER):
        moved = again(article, reviewer2)
        article = revoke(moved, reviewer)
        assert (article.signed_on, article.review_due) == (clock.today(), moved.review_due)
        assert article.signatures == moved.signatures
        assert counted_days(article) == ([LATER, 2 * LATER], [])
        article = revoke(article, reviewer)
        assert (article.standing_version, article.state) == (None, "submitted")


def test_a_set_that_broke_gives_what_is_left_of_it_back(
    editor: User, reviewer: User, reviewer2: User, reviewer3: User
) -> None:
    """The approval that mended a broken first set does not move the date together with one newer signature."""
    first = two_signed(editor, reviewer, reviewer2)
    with clock.moved_to(clock.now() + LATER):
        article = revoke(first, reviewer)
        row = rounds.take(article, by=reviewer3)
        judge_everything(row)
        article = sign(row)
        assert people_of(article) == ["Ralph", "Rosalind"]
    with clock.moved_to(clock.now() + 2 * LATER):
        half = again(article, reviewer2)
        assert half.signed_on == article.signed_on
        assert counted_days(half) == ([timedelta(0), LATER], [2 * LATER])


def test_revoking_one_of_the_newer_set_brings_the_older_back(editor: User, reviewer: User, reviewer2: User) -> None:
    first = two_signed(editor, reviewer, reviewer2)
    with clock.moved_to(clock.now() + LATER):
        again(first, reviewer)
        article = revoke(again(first, reviewer2), reviewer, newest=True)
    assert (article.signed_on, article.signatures) == (first.signed_on, first.signatures)
    assert counted_days(article) == ([timedelta(0), timedelta(0)], [LATER])


def counted_days(article: Article) -> tuple[list[timedelta], list[timedelta]]:
    """How long after the first approval those that count were given, and those since then."""
    began = article.signoffs.earliest("id").signed_at.date()
    met, since = counted(article.signoffs.latest("id").version_id)
    return [one.signed_at.date() - began for one in met], [one.signed_at.date() - began for one in since]


def test_readers_see_each_signer_once_with_the_newest_signature(
    client: Client, editor: User, reviewer: User, reviewer2: User, reviewer3: User
) -> None:
    one_specialty_will_do()
    article = two_signed(editor, reviewer, reviewer2)
    with clock.moved_to(clock.now() + LATER):
        half = again(article, reviewer)
        row = rounds.take(revoke(half, reviewer2), by=reviewer3)
        judge_everything(row)
        article = sign(row)
        today = clock.today().isoformat()
    assert people_of(article) == ["Rita", "Rosalind"]
    assert {row["signed_at"][:10] for row in article.signatures["people"]} == {today}
    page = words(client.get(reverse("article", args=[article.slug])).content.decode())
    assert page.count("Rita Reviewer, MD") == page.count("Rosalind Reviewer, MD") > 0
