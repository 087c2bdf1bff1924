"""Outside reviewers: named only where the board has nobody left, for one article alone, with a reason on record."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from articles.models import Article
from articles.models.suspension import suspend
from oracle import clock
from oracle.accounts.models import User
from oracle.audit.history import record
from oracle.outbox.models import Outbox
from oracle.refusals import NotAllowed, Refusal
from reviews import assignment, board_record, interests, outside, rounds, signing
from reviews.candidates import choice_for
from reviews.models import BoardMember, Conflict, Review, SignOff
from reviews.overview.present import loads
from reviews.reminders import remind

from .attacks import refused
from .cast import PASSWORD, board_member, judge_everything, person, sign, sign_in, submitted, under_review
from .reading import after

WHY = "Every nephrologist of the board has worked for the maker."
NORA = outside.Outsider("nora@example.org", "Nora Outside", "MD, PhD", "nephrology")


@pytest.fixture(autouse=True)
def mail_waits_in_the_outbox(settings: Any) -> None:
    settings.EMAIL_BACKEND = "oracle.outbox.backend.OutboxBackend"
    settings.SITE_URL = "https://articles.example.org"


def days() -> dict[str, date]:
    return {"answer_by": clock.today() + timedelta(days=7), "review_by": clock.today() + timedelta(days=21)}


def conflicted(editor: User, *members: User, **changes: Any) -> Article:
    article = submitted(editor, **changes)
    for user in members:
        interests.declare(article, by=user, conflict=Conflict.DECLARED, text="Fees.")
    return Article.objects.get(pk=article.pk)


def name(article: Article, chair: User, outsider: outside.Outsider = NORA, **changes: Any) -> Review:
    return outside.name_outside(article, outsider, **({"by": chair, "reason": WHY} | days() | changes))


def checked(user: User, administrator: User) -> BoardMember:
    """The administrator's check, then the outside reviewer's own disclosure."""
    member = BoardMember.objects.get(user=user)
    member.checked_on, member.checked_by = clock.today(), administrator
    member.expires_on = clock.today() + timedelta(days=300)
    with transaction.atomic():
        record(member, by=administrator, event="board.save", reason="Looked up.")
    return board_record.disclose(member, by=user, text="None.", seen=member.newest_entry)


def with_password(user: User) -> User:
    user.set_password(PASSWORD)
    user.save(update_fields=["password"])
    return user


@pytest.mark.django_db
def test_naming_makes_account_record_invitation_and_mail(
    editor: User, reviewer: User, chair: User, administrator: User
) -> None:
    article = conflicted(editor, reviewer)
    review = name(article, chair)
    member = BoardMember.objects.get(user=review.reviewer)
    assert (review.reviewer.name, review.reviewer.roles, review.waiting) == ("Nora Outside", ["reviewer"], True)
    assert (member.outside_for, member.outside_reason, member.specialties) == (article, WHY, ["nephrology"])
    told = member.history.get()
    assert (told.history_event, told.history_user, told.history_change_reason) == ("board.outside", chair, WHY)
    assert [row.to for row in Outbox.objects.order_by("id")] == [[administrator.email], ["nora@example.org"]]
    first = Outbox.objects.order_by("id")[0]
    office = reverse("office:reviews_boardmember_change", args=[member.pk])
    assert (f"https://articles.example.org{office}" in first.body, "Dear Adam Administrator," in first.body) == (
        True,
        True,
    )


@pytest.mark.django_db
def test_they_hide_their_own_article_and_no_other(editor: User, editor2: User, reviewer: User, chair: User) -> None:
    article, other = conflicted(editor, reviewer), submitted(editor2, question="Another?")
    nora = name(article, chair).reviewer
    with pytest.raises(NotAllowed, match="outside reviewer of another article"):
        suspend(other, by=nora, reason="I do not like it.")
    assert Article.objects.get(pk=other.pk).suspension is None
    assert suspend(article, by=nora, reason="The dose could harm.").suspension


@pytest.mark.django_db
def test_it_is_refused_while_the_board_has_somebody(editor: User, reviewer: User, reviewer3: User, chair: User) -> None:
    article = conflicted(editor, reviewer)
    with pytest.raises(Refusal, match="invite Rosalind Reviewer first"):
        name(article, chair)
    rounds.take(article, by=reviewer3)
    with pytest.raises(Refusal, match="Those who are invited or at work can give the signatures"):
        name(article, chair)
    assert not User.objects.filter(email="nora@example.org").exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"outsider": outside.Outsider("n@example.org", "N", "MD", "cardiology")}, "could not meet the rule"),
        ({"outsider": outside.Outsider("n@example.org", "N", "MD", "astrology")}, "from the list"),
        ({"outsider": outside.Outsider("n@example.org", " ", "MD", "nephrology")}, "give the person’s name"),
        ({"outsider": outside.Outsider("n@example.org", "N", " ", "nephrology")}, "Give the credentials"),
        ({"reason": "  "}, "Say why somebody from outside"),
        ({"answer_by": None}, "Give both days"),
    ],
)
def test_what_is_missing_is_said_and_nothing_half_happens(
    editor: User, reviewer: User, chair: User, change: dict[str, Any], why: str
) -> None:
    article, people = conflicted(editor, reviewer), User.objects.count()
    with pytest.raises(Refusal, match=why):
        name(article, chair, **change)
    assert (User.objects.count(), BoardMember.objects.count(), Outbox.objects.count()) == (people, 1, 0)


@pytest.mark.django_db
def test_who_may_name_and_who_may_be_named(editor: User, editor2: User, reviewer: User, chair: User) -> None:
    article = conflicted(editor, reviewer)
    with pytest.raises(NotAllowed, match="Only the chair"):
        name(article, editor2)
    author = person("Ada Author", "editor", "chair")
    own = conflicted(author, reviewer, question="Mine?")
    with pytest.raises(NotAllowed, match="another chair"):
        name(own, author)
    for email, why in (
        (chair.email, "Nobody names themselves"),
        (reviewer.email, "has a board record already"),
        (editor.email, "contributed to this text"),
    ):
        with pytest.raises(Refusal, match=why):
            name(article, chair, outside.Outsider(email, "", "MD", "nephrology"))
    named = name(article, chair, outside.Outsider(editor2.email.upper(), "Other Name", "MD", "nephrology")).reviewer
    assert (named.pk, named.name, named.roles) == (editor2.pk, "Edgar Editor", ["editor", "reviewer"])
    assert named.history.latest("history_id").history_change_reason == WHY


@pytest.mark.django_db
def test_nothing_begins_before_an_administrator_has_checked_and_the_person_disclosed(
    client: Client, editor: User, reviewer: User, chair: User, administrator: User
) -> None:
    article = conflicted(editor, reviewer)
    review = name(article, chair)
    nora = review.reviewer
    page = sign_in(client, nora).get(reverse("take", args=[article.slug])).content.decode()
    assert "Your credentials have not been checked yet; ask an administrator" in page
    assert "Accept" not in page
    assert "Decline" in page
    with pytest.raises(NotAllowed, match="have not been checked"):
        assignment.accept(review, by=nora)
    office = reverse("office:reviews_boardmember_change", args=[nora.board_record.pk])
    assert sign_in(client, chair).post(office, {"reason": "Looked up."}).status_code == 403
    checked(nora, administrator)
    assert assignment.accept(review, by=nora).due_on == days()["review_by"]


@pytest.mark.django_db
def test_the_person_reviews_and_sees_that_article_only(
    client: Client, editor: User, reviewer: User, chair: User, administrator: User
) -> None:
    article = conflicted(editor, reviewer)
    review = name(article, chair)
    nora = review.reviewer
    checked(nora, administrator)
    other = submitted(editor, question="Another question?")
    with pytest.raises(NotAllowed, match="named from outside the board to review another article"):
        rounds.take(other, by=nora)
    assert [one.name for one in choice_for(other).everybody] == ["Rita Reviewer"]
    with pytest.raises(Refusal, match="Nora Outside is no serving member of the board"):
        assignment.invite(other, [nora], by=chair, **days())
    page = sign_in(client, nora).get(reverse("to_do")).content.decode()
    assert "1 needs you: 1 invitation." in page
    assert "Another question?" not in page
    assignment.withdraw_invitation(review, by=chair)
    page = client.get(reverse("to_do")).content.decode()
    assert page.count("Look and take") == 1
    assert "Another question?" not in page
    assert "Nora Outside" not in Client().get(reverse("board")).content.decode()
    assignments = sign_in(client, chair).get(reverse("assignments"))
    assert [member.user for member in assignments.context["members"]] == [reviewer]


@pytest.mark.django_db
def test_whoever_was_named_for_one_article_serves_on_no_board(
    editor: User, reviewer: User, chair: User, administrator: User
) -> None:
    """Neither does the load of the board count them, nor the calendar ask for their record for ever."""
    nora = name(conflicted(editor, reviewer), chair).reviewer
    member, today = checked(nora, administrator), clock.today()
    assert [member.user for member in BoardMember.objects.at_work(today)] == [reviewer]
    assert [load.name for load in loads(today)] == ["Rita Reviewer"]
    Outbox.objects.all().delete()
    for day in (member.expires_on, member.disclosed_until):
        assert day
        with after(day - timedelta(days=7)):
            remind()
    assert not Outbox.objects.filter(to=[nora.email]).filter(subject__contains="renewed").exists()
    assert not Outbox.objects.filter(subject__endswith=": Nora Outside").exists()


@pytest.mark.django_db
def test_whoever_lost_the_account_or_the_role_is_not_at_work(reviewer: User, reviewer2: User, reviewer3: User) -> None:
    deactivated, other = reviewer2, reviewer3
    deactivated.is_active, other.roles = False, ["editor"]
    for user in (deactivated, other):
        user.save()
    assert [member.user for member in BoardMember.objects.at_work(clock.today())] == [reviewer]


@pytest.mark.django_db(transaction=True)
def test_the_signature_publishes_and_says_what_the_signer_is(
    client: Client, editor: User, reviewer: User, chair: User, administrator: User
) -> None:
    article = conflicted(editor, reviewer)
    review = name(article, chair)
    nora = with_password(review.reviewer)
    checked(nora, administrator)
    row = assignment.accept(review, by=nora)
    judge_everything(row)
    assert sign(row).state == "approved"
    page = client.get(reverse("article", args=[article.slug])).content.decode()
    box = page.split('id="reviewed-by"')[1].split("</section>")[0]
    assert "Nora Outside, MD, PhD" in box
    assert "outside reviewer for this article" in box
    assert "#member-" not in box
    reviews = sign_in(client, editor).get(reverse("reviews", args=[article.slug])).content.decode()
    assert f"named for this article alone: {WHY}" in reviews


@pytest.mark.django_db(transaction=True)
def test_postgresql_refuses_their_signature_on_another_article(
    editor: User, reviewer: User, chair: User, administrator: User
) -> None:
    """Behind the verbs' back: a round of theirs on another article, and a signature whose every other word is true."""
    nora = name(conflicted(editor, reviewer), chair).reviewer
    member = checked(nora, administrator)
    _, row = under_review(editor, reviewer, question="Another?")
    judge_everything(row)
    with transaction.atomic():
        review = record(Review(article=row.article, reviewer=nora, conflict="none"), by=None, event="review.declare")
        row.pk, row.review, row._state.adding = None, review, True
        theirs = record(row, by=None, event="round.begin")
    article = Article.objects.get(pk=row.article_id)
    rule = signing.rule_for(article)

    def sign_it() -> SignOff:
        judged, used = signing.judge_all(theirs.version), ["e-mail", "password"]
        return signing.make_signoff(theirs, article, nora, member, judged, rule, authentication=used)

    with refused("outside reviewer of another article"):
        sign_it()
    assert not SignOff.objects.exists()
    member.outside_for = article
    with transaction.atomic():
        record(member, by=None, event="board.save")
        sign_it()
        connection.check_constraints()
        transaction.set_rollback(True)


@pytest.mark.django_db
def test_a_record_from_outside_has_a_reason(editor: User, reviewer: User) -> None:
    article = submitted(editor)
    with refused("outside_reviewers_have_a_reason"):
        BoardMember.objects.filter(user=reviewer).update(outside_for=article)


@pytest.mark.django_db
def test_the_form_stands_only_where_nobody_is_left_and_keeps_what_was_typed(
    client: Client, editor: User, reviewer: User, chair: User
) -> None:
    article = submitted(editor)
    page, send = (reverse(place, args=[article.slug]) for place in ("invite_reviewers", "name_outside"))
    sign_in(client, chair)
    assert "Name an outside reviewer" not in client.get(page).content.decode()
    interests.declare(article, by=reviewer, conflict=Conflict.DECLARED, text="Fees.")
    assert "Name an outside reviewer" in client.get(page).content.decode()
    given = {"name": "Nora Outside", "email": "nora", "credentials": "MD", "specialty": "nephrology", "reason": WHY}
    given |= {key: value.isoformat() for key, value in days().items()}
    wrong = client.post(send, given)
    assert (wrong.status_code, WHY in wrong.content.decode()) == (422, True)
    wrong = client.post(send, given | {"email": "nora@example.org", "specialty": "cardiology"})
    assert (wrong.status_code, WHY in wrong.content.decode()) == (409, True)
    done = client.post(send, given | {"email": "nora@example.org"}, follow=True).content.decode()
    assert "Nora Outside is named and invited." in done
    assert WHY in done
    link = Outbox.objects.filter(subject__startswith="Your account").get()
    assert (link.to, "/accounts/password/reset/key/" in link.body) == (["nora@example.org"], True)
    assert client.get(send).url == page


@pytest.mark.django_db
def test_the_back_office_tells_of_it(client: Client, editor: User, reviewer: User, chair: User) -> None:
    article = conflicted(editor, reviewer)
    member = name(article, chair).reviewer.board_record
    sign_in(client, chair)
    listed = client.get(reverse("office:reviews_boardmember_changelist")).content.decode()
    assert article.slug in listed
    row = client.get(reverse("office:reviews_boardmember_change", args=[member.pk])).content.decode()
    assert WHY in row


@pytest.mark.django_db
def test_a_member_of_the_board_is_no_outsider(editor: User, reviewer: User, reviewer2: User, chair: User) -> None:
    """Somebody of another specialty whose signature cannot help stays a member, and is not named either."""
    article = conflicted(editor, reviewer)
    with pytest.raises(Refusal, match="has a board record already"):
        name(article, chair, outside.Outsider(reviewer2.email, "", "MD", "nephrology"))
    board_member(person("Late Member", "reviewer"), "nephrology")
    with pytest.raises(Refusal, match="invite Late Member first"):
        name(article, chair)
