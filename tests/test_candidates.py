"""Whom the chair is offered for one article, in which order and with which facts; who is not, and why."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from articles.models import Article
from oracle import clock
from oracle.accounts.models import User
from oracle.audit.history import record
from reviews import assignment, interests, rounds
from reviews.candidates import Candidates, choice_for
from reviews.models import BoardMember, Conflict

from .cast import board_member, judge_everything, person, sign, sign_in, submitted, under_review

pytestmark = pytest.mark.django_db


def fresh(article: Article) -> Article:
    return Article.objects.get(pk=article.pk)


def offered(article: Article) -> list[str]:
    return [one.name for one in choice_for(fresh(article)).offered]


def why_not(article: Article) -> dict[str, str]:
    return {one.name: one.why_not for one in choice_for(fresh(article)).everybody if one.why_not}


def changed(user: User, **values: Any) -> None:
    member = BoardMember.objects.get(user=user)
    vars(member).update(values)
    with transaction.atomic():
        record(member, by=None, event="board.save")


def invite(article: Article, chair: User, *people: User) -> Any:
    days = {"answer_by": clock.today() + timedelta(days=5), "review_by": clock.today() + timedelta(days=9)}
    return assignment.invite(article, people, by=chair, **days)


def test_those_of_the_articles_specialties_come_first(
    editor: User, reviewer: User, reviewer2: User, reviewer3: User
) -> None:
    """A high risk needs two specialties, so that members of another one help too."""
    article = submitted(editor, risk="high")
    assert offered(article) == ["Rita Reviewer", "Rosalind Reviewer", "Ralph Reviewer"]
    assert offered(submitted(editor)) == ["Rita Reviewer", "Rosalind Reviewer"]


def test_who_is_not_offered_and_why(
    editor: User, reviewer: User, reviewer2: User, reviewer3: User, chair: User
) -> None:
    author = person("Bo Both", "editor", "reviewer")
    names = ("Lapsed", "Undisclosed", "Later", "Barred", "Asked", "Declared")
    others = {name: person(f"{name} Member", "reviewer") for name in names}
    for user in (author, *others.values()):
        board_member(user, "nephrology")
    today = clock.today()
    changed(others["Lapsed"], expires_on=today - timedelta(days=1))
    changed(others["Undisclosed"], disclosed_on=today - timedelta(days=366))
    changed(others["Later"], term_from=today + timedelta(days=1))
    article = submitted(author)
    for name in ("Declared", "Barred"):
        interests.declare(article, by=others[name], conflict=Conflict.DECLARED, text="Fees.")
    interests.keep_barred(others["Barred"].reviews.get(), by=chair, reason="No.")
    rounds.take(article, by=reviewer)
    invite(article, chair, others["Asked"])
    yesterday = f"{today - timedelta(days=1):%-d %B %Y}"
    assert why_not(article) == {
        "Asked Member": "is invited already",
        "Barred Member": "has an interest that stands in the way",
        "Bo Both": "contributed to the text",
        "Declared Member": "declared an interest",
        "Lapsed Member": f"credential check lapsed on {yesterday}",
        "Later Member": "term on the board not running",
        "Ralph Reviewer": "a signature of theirs could not help to meet the sign-off rule",
        "Rita Reviewer": "has it in work already",
        "Undisclosed Member": f"yearly disclosure lapsed on {yesterday}",
    }
    assert offered(article) == ["Rosalind Reviewer"]


def test_who_signed_is_not_asked_again(editor: User, reviewer: User, reviewer2: User) -> None:
    article, row = under_review(editor, reviewer, risk="high")
    judge_everything(row)
    sign(row)
    assert why_not(article) == {"Rita Reviewer": "signed this version"}


def test_former_members_closed_accounts_and_other_roles_are_no_candidates(
    editor: User, reviewer: User, reviewer3: User
) -> None:
    former, closed = reviewer, reviewer3
    changed(former, term_until=clock.today() - timedelta(days=1))
    closed.is_active = False
    with transaction.atomic():
        record(closed, by=None, event="user.deactivate")
    assert choice_for(submitted(editor)).everybody == []


def facts(article: Article, name: str) -> list[str]:
    return next(one.facts for one in choice_for(fresh(article)).everybody if one.name == name)


def test_licence_load_answers_absence_and_what_was_before(
    editor: User, reviewer: User, reviewer3: User, chair: User
) -> None:
    article = submitted(editor)
    expires = BoardMember.objects.get(user=reviewer).expires_on
    licence = f"licence valid to {expires:%-d %B %Y}"
    fresh_one = ["nephrology", licence, "nothing open", "never answered an invitation yet"]
    assert facts(article, "Rita Reviewer") == fresh_one
    start = clock.now()
    # The median of 1, 2 and 9 days is 2; the mean would be 4.
    for days in (1, 2, 9):
        with clock.moved_to(start - timedelta(days=20)):
            (review,) = invite(submitted(editor, question=f"After {days}?"), chair, reviewer)
        with clock.moved_to(start - timedelta(days=20 - days)):
            assignment.decline(review, by=reviewer, because="time")
    rounds.take(submitted(editor, question="In work?"), by=reviewer)
    invite(submitted(editor, question="Asked?"), chair, reviewer)
    gone = submitted(editor, question="Taken back?")
    invite(gone, chair, reviewer)
    gone.perform("recall", by=editor, reason="Wrong.")
    until = clock.today() + timedelta(days=30)
    changed(reviewer, away_until=until)
    away = f"away until {until:%-d %B %Y}"
    assert facts(article, "Rita Reviewer") == ["nephrology", licence, "2 open", "answers in 2 days", away]
    (review,) = invite(article, chair, reviewer)
    assignment.decline(review, by=reviewer, because="expertise")
    before = f"declined on {clock.today():%-d %B %Y}: outside my expertise"
    assert facts(article, "Rita Reviewer")[-1] == before
    assert "Rita Reviewer" in offered(article)


def test_a_withdrawn_invitation_says_nothing_of_how_fast_somebody_answers(
    editor: User, reviewer: User, chair: User
) -> None:
    article = submitted(editor)
    (review,) = invite(article, chair, reviewer)
    assignment.withdraw_invitation(review, by=chair)
    assert "never answered an invitation yet" in facts(article, "Rita Reviewer")


def test_the_page_shows_them_and_folds_the_others(
    client: Client, editor: User, reviewer: User, reviewer2: User, chair: User
) -> None:
    page = reverse("invite_reviewers", args=[submitted(editor).slug])
    shown = sign_in(client, chair).get(page).content.decode()
    assert f'value="{reviewer.pk}"' in shown
    assert f'value="{reviewer2.pk}"' not in shown
    assert "Not offered, and why" in shown
    assert "Ralph Reviewer" in shown


def test_the_same_queries_for_a_board_of_any_size(
    editor: User, reviewer: User, chair: User, django_assert_num_queries: Any
) -> None:
    article = fresh(submitted(editor))
    for number in range(3):
        user = person(f"M{number} Member{'x' * number}", "reviewer")
        board_member(user, "nephrology")
        other = submitted(editor, question=f"Other {number}?")
        assignment.decline(invite(other, chair, user)[0], by=user, because="time")
        with django_assert_num_queries(6):
            assert len(choice_for(article).offered) == 2 + number


# Who is needed from outside.


def need(article: Article) -> tuple[bool, bool]:
    choice: Candidates = choice_for(fresh(article))
    return choice.enough, choice.nobody_left


def test_nobody_is_left_when_all_who_could_help_are_conflicted(
    editor: User, reviewer: User, reviewer2: User, reviewer3: User
) -> None:
    article = submitted(editor)
    for user in (reviewer, reviewer3):
        assert need(article) == (False, False)
        interests.declare(article, by=user, conflict=Conflict.DECLARED, text="Fees.")
    assert need(article) == (False, True)


def test_those_at_work_count_as_if_they_had_signed(
    editor: User, reviewer: User, reviewer2: User, reviewer3: User, chair: User
) -> None:
    """High risk: two specialties, one of them nephrology. A cardiologist at work leaves the nephrologist to find."""
    article = submitted(editor, risk="high")
    rounds.take(article, by=reviewer2)
    assert need(article) == (False, False)
    for user in (reviewer, reviewer3):
        interests.declare(article, by=user, conflict=Conflict.DECLARED, text="Fees.")
    generalist = person("Gina Generalist", "reviewer")
    board_member(generalist, "general-medicine")
    choice = choice_for(fresh(article))
    assert [one.name for one in choice.offered] == ["Gina Generalist"]
    assert (choice.nobody_left, choice.helps(["nephrology"]), choice.helps(["general-medicine"])) == (True, True, False)
    interests.clear(reviewer.reviews.get(), by=chair, reason="Long ago.")
    rounds.take(article, by=reviewer)
    assert need(article) == (True, False)
