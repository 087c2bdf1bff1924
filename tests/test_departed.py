"""The verdict of a reviewer who left counts until the chair sets it aside, with a reason; the verdict itself stays."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from articles.models import Article
from oracle import clock
from oracle.accounts import people
from oracle.accounts.models import User
from oracle.audit import timeline
from oracle.audit.history import record
from oracle.audit.timeline import Filters
from oracle.refusals import NotAllowed, Refusal
from reviews import checking, departed, discussion, rounds
from reviews.judging import judge_all, obstacle
from reviews.models import BoardMember, ClaimCheck, Round, SetAside

from .attacks import as_app, refused
from .cast import amended, judge_everything, person, sent_again, sign, sign_in, under_review

pytestmark = pytest.mark.django_db
WHY = "She left the board; another member judges it anew."


def doubted(editor: User, reviewer: User) -> tuple[Article, ClaimCheck]:
    """An article in review by `reviewer`, who finds one statement unsafe."""
    article, row = under_review(editor, reviewer)
    claim = row.version.fixed_claims[1].id
    return article, checking.judge(
        row, claim, by=reviewer, verdict="unsafe", note="Ten times too much.", quote="Five, not fifty."
    )


def given_back(check: ClaimCheck) -> Article:
    return rounds.give_back(check.round, by=check.reviewer)


def lost_role(check: ClaimCheck, administrator: User) -> None:
    people.change_roles(check.reviewer, ["auditor"], by=administrator, reason="Left.")


def deactivated(check: ClaimCheck, administrator: User) -> None:
    people.deactivate(check.reviewer, by=administrator, reason="Left.")


def term_over(check: ClaimCheck, administrator: User) -> None:
    with transaction.atomic():
        member = BoardMember.objects.get(user=check.reviewer)
        member.term_until = clock.today() - timedelta(days=1)
        record(member, by=administrator, event="board.save")


LEAVING = {
    "gave back": lambda check, administrator: given_back(check),
    "lost the role": lost_role,
    "deactivated": deactivated,
    "term over": term_over,
}


def listed(article: Article) -> list[int]:
    return [item.check.pk for item in departed.left_behind(Article.objects.get(pk=article.pk))]


def obstructed(article: Article) -> str:
    return obstacle(Article.objects.select_related("current_version__article").get(pk=article.pk)) or ""


@pytest.mark.parametrize("way", LEAVING)
def test_a_verdict_counts_until_it_is_set_aside(
    way: str, editor: User, reviewer: User, reviewer3: User, chair: User, administrator: User
) -> None:
    article, check = doubted(editor, reviewer)
    assert listed(article) == []
    LEAVING[way](check, administrator)
    row = rounds.take(article, by=reviewer3)
    judge_everything(row)
    assert listed(article) == [check.pk]
    assert "a verdict by Rita Reviewer that stops approval" in obstructed(article)
    departed.set_aside(article, [check.pk], by=chair, reason=WHY)
    assert (listed(article), obstructed(article)) == ([], "")
    assert not Round.objects.active().filter(review__reviewer=reviewer).exists()
    check.refresh_from_db()
    assert (check.verdict, check.note) == ("unsafe", "Ten times too much.")
    assert sign(row).state == "approved"


def test_no_older_verdict_of_the_same_person_comes_back(
    editor: User, reviewer: User, reviewer3: User, chair: User
) -> None:
    """Supported in round one, unsafe in round two, on the same statement; the second is set aside."""
    article, row = under_review(editor, reviewer)
    judge_everything(row)
    article = sent_again(rounds.ask_for_changes(row, by=reviewer, reason="Mend it."), editor)
    again = rounds.active_round(article, reviewer)
    assert again
    claim = again.version.fixed_claims[1].id
    check = checking.judge(again, claim, by=reviewer, verdict="unsafe", note="No.", quote="Five, not fifty.")
    given_back(check)
    rounds.take(article, by=reviewer3)
    departed.set_aside(article, [check.pk], by=chair, reason=WHY)
    item = next(item for item in judge_all(again.version) if item.claim.id == claim)
    assert ([c.pk for c in item.checks], [c.pk for c in item.aside], item.counted) == ([], [check.pk], False)


def test_one_who_comes_back_judges_anew_and_counts_again(editor: User, reviewer: User, chair: User) -> None:
    article, check = doubted(editor, reviewer)
    given_back(check)
    departed.set_aside(article, [check.pk], by=chair, reason=WHY)
    row = rounds.take(article, by=reviewer)
    checking.judge(row, check.claim, by=reviewer, verdict="unsafe", note="Still.", quote="Five, not fifty.")
    assert "stops approval" in obstructed(article) or "not judged yet" in obstructed(article)
    item = next(item for item in judge_all(row.version) if item.claim.id == check.claim)
    assert [found.note for found in item.checks] == ["Still."]


def test_the_open_round_of_one_who_left_ends_and_the_article_can_be_taken(
    editor: User, reviewer: User, chair: User, administrator: User
) -> None:
    article, check = doubted(editor, reviewer)
    lost_role(check, administrator)
    assert departed.set_aside(article, [check.pk], by=chair, reason=WHY).state == "submitted"
    told = [(line.lead.name, line.sentence) for line in timeline.folded(timeline.entries(Filters(article=article.pk)))]
    assert told[:3] == [
        ("Clara Chair", "gave version 1 back: nobody reviews it now"),
        ("Clara Chair", "set a verdict of a reviewer who left aside"),
        ("Clara Chair", "took round 1 on version 1 from a reviewer who left"),
    ]
    assert {entry.reason for entry in timeline.entries(Filters(article=article.pk))[:3]} == {WHY}


def test_who_is_at_work_or_will_come_back_is_not_set_aside(editor: User, reviewer: User, chair: User) -> None:
    article, check = doubted(editor, reviewer)
    with pytest.raises(Refusal, match="its reviewer is at work"):
        departed.set_aside(article, [check.pk], by=chair, reason=WHY)
    article = rounds.ask_for_changes(check.round, by=reviewer, reason="Mend it.")
    assert listed(article) == []
    with pytest.raises(Refusal):
        departed.set_aside(article, [check.pk], by=chair, reason=WHY)
    assert SetAside.objects.count() == 0


def test_who_serves_with_a_check_that_lapsed_has_not_left(
    editor: User, reviewer: User, reviewer3: User, administrator: User
) -> None:
    article, check = doubted(editor, reviewer)
    article = rounds.ask_for_changes(check.round, by=reviewer, reason="Mend it.")
    with transaction.atomic():
        member = BoardMember.objects.get(user=reviewer)
        member.checked_on, member.expires_on = clock.today() - timedelta(days=9), clock.today() - timedelta(days=1)
        record(member, by=administrator, event="board.save")
    article = amended(article, editor)
    for remark in article.comments.filter(blocking=True):
        discussion.answer(remark, by=editor, text="The source says so.")
    article = article.perform("submit", by=editor)
    assert not Round.objects.active().filter(article=article).exists()
    judge_everything(rounds.take(article, by=reviewer3))
    assert "a verdict by Rita Reviewer that stops approval" in obstructed(article)
    assert listed(article) == []
    term_over(check, administrator)
    assert listed(article) == [check.pk]


@pytest.mark.parametrize(("some", "reason"), [([], WHY), ([10**9], WHY), (None, " ")])
def test_nothing_is_set_aside_by_half(
    editor: User, reviewer: User, chair: User, some: list[int] | None, reason: str
) -> None:
    article, check = doubted(editor, reviewer)
    given_back(check)
    with pytest.raises(Refusal):
        departed.set_aside(article, [check.pk] if some is None else some, by=chair, reason=reason)
    assert (SetAside.objects.count(), listed(article)) == (0, [check.pk])


def test_who_may(request: pytest.FixtureRequest, client: Client, editor: User, reviewer2: User, reviewer: User) -> None:
    article, check = doubted(editor, reviewer)
    given_back(check)
    address = reverse("set_aside", args=[article.slug])
    for name in ("chair", "editor", "reviewer2", "auditor", "administrator", "outsider", "superuser"):
        sign_in(client, request.getfixturevalue(name))
        with transaction.atomic():
            status = client.post(address, {"check": check.pk, "reason": WHY}).status_code
            transaction.set_rollback(True)
        wanted = 302 if name == "chair" else 403 if name in ("editor", "reviewer2", "auditor") else 404
        assert (name, status) == (name, wanted)


def test_no_chair_sets_verdicts_on_their_own_text_aside(reviewer: User, chair: User) -> None:
    author = person("Ada Author", "editor", "chair")
    article, check = doubted(author, reviewer)
    given_back(check)
    with pytest.raises(NotAllowed, match="another chair must decide"):
        departed.set_aside(article, [check.pk], by=author, reason=WHY)
    departed.set_aside(article, [check.pk], by=chair, reason=WHY)


def test_nobody_sets_their_own_verdict_aside(editor: User, reviewer: User, administrator: User) -> None:
    article, check = doubted(editor, reviewer)
    given_back(check)
    people.change_roles(reviewer, ["reviewer", "chair"], by=administrator, reason="Elected.")
    reviewer.refresh_from_db()
    with pytest.raises(NotAllowed, match="their own verdicts"):
        departed.set_aside(article, [check.pk], by=reviewer, reason=WHY)


def test_the_page_offers_it_keeps_what_was_typed_and_tells_it_afterwards(
    client: Client, editor: User, reviewer: User, reviewer3: User, chair: User, auditor: User
) -> None:
    article, check = doubted(editor, reviewer)
    given_back(check)
    row = rounds.take(article, by=reviewer3)
    checking.judge(row, check.claim, by=reviewer3, verdict="supported")
    page, form = reverse("reviews", args=[article.slug]), reverse("set_aside", args=[article.slug])
    assert form not in sign_in(client, auditor).get(page).content.decode()
    assert form in sign_in(client, chair).get(page).content.decode()
    none = client.post(form, {"reason": WHY, "check": ["x", "9" * 30]})
    assert (none.status_code, "Choose the verdicts to set aside." in none.content.decode()) == (409, True)
    assert f">{WHY}</textarea>" in none.content.decode()
    assert client.post(form, {"reason": WHY, "check": check.pk}).status_code == 302
    after = client.get(page).content.decode()
    assert ("Verdicts by reviewers who left" in after, "Set aside by Clara Chair" in after, WHY in after) == (
        False,
        True,
        True,
    )
    shown = sign_in(client, reviewer3).get(f"{reverse('review', args=[row.pk])}?claim={check.claim}").content.decode()
    assert "Set aside by Clara Chair" in shown


def test_postgresql_takes_only_a_chairs_row_about_another_persons_verdict_of_that_article(
    editor: User, reviewer: User, reviewer2: User, chair: User, administrator: User
) -> None:
    article, check = doubted(editor, reviewer)
    other, _ = under_review(editor, reviewer, question="Another?")
    values = {"verdict": check, "article": article, "by": chair, "reason": WHY, "at": clock.now()}
    wrong = (("only a chair", {"by": reviewer2}), ("not of this article", {"article": other}))
    for why, change in wrong:
        with refused(why):
            SetAside.objects.create(**(values | change))
    people.change_roles(reviewer, ["reviewer", "chair"], by=administrator, reason="Elected.")
    with refused("same person"):
        SetAside.objects.create(**(values | {"by": reviewer}))
    away = person("Carl Chair", "chair", is_active=False)
    with refused("only a chair"):
        SetAside.objects.create(**(values | {"by": away}))
    row = SetAside.objects.create(**values)
    for statement in (
        "UPDATE reviews_setaside SET reason = 'x' WHERE id = %s",
        "DELETE FROM reviews_setaside WHERE id = %s",
    ):
        with refused("permission denied|G3"):
            as_app(statement, row.pk)
    with refused("reviews_setaside_verdict_id"):
        SetAside.objects.create(**values)
