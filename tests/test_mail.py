"""What people are told of their tasks (F17, F18): each occasion's message, to whom, at once, daily or weekly; see
test_remind for what the calendar brings, test_mail_together for daily and weekly, test_hiding for hidden texts.
"""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import LazySettings
from django.db import transaction
from django.test import Client

from articles.models import Article
from oracle import clock
from oracle.accounts.models import User
from oracle.accounts.people import change_roles, choose_mail, deactivate
from oracle.audit.guards import history_of, regulated_models
from oracle.audit.history import record
from oracle.outbox.letters import one_line
from oracle.outbox.models import Outbox
from reviews import assignment, discussion, mail, reaffirming, rounds
from reviews.models import Kind, Notice, Review, Round
from tests.cast import (
    amended,
    approved,
    judge_everything,
    person,
    sent_again,
    sign,
    sign_in,
    submitted,
    under_review,
)
from tests.test_documents import table

pytestmark = pytest.mark.django_db
QUESTION = "May drug A be given in kidney failure?"


@pytest.fixture(autouse=True)
def the_sites_own_mail(settings: LazySettings) -> None:
    settings.EMAIL_BACKEND = "oracle.outbox.backend.OutboxBackend"
    settings.SITE_URL = "https://articles.example.org"


@pytest.fixture
def everybody(request: pytest.FixtureRequest, founded: None) -> dict[str, User]:
    """The cast, whoever has a task in a test: an editor, a reviewer and a chair, and those who have none."""
    names = ("editor", "editor2", "reviewer", "reviewer2", "chair", "auditor", "administrator", "outsider", "superuser")
    return {name: request.getfixturevalue(name) for name in names}


def invitation(article: Article, reviewer: User, chair: User, **fields: Any) -> Review:
    """A review whose reviewer was invited just now."""
    today = clock.today()
    given = {"answer_by": today + timedelta(days=7), "review_by": today + timedelta(days=21)}
    with transaction.atomic():
        row = Review(article=article, reviewer=reviewer, invited_by=chair, invited_at=clock.now(), **(given | fields))
        return record(row, by=chair, event="review.invite")


def changed(row: Any, **fields: Any) -> Any:
    """The row with other fields, on record."""
    with transaction.atomic():
        for name, value in fields.items():
            setattr(row, name, value)
        return record(row, by=None, event="review.invite")


def told() -> dict[str, Outbox]:
    """The newest messages by who gets them, and none is left; it fails where somebody got two."""
    rows = list(Outbox.objects.all())
    found = {row.to[0]: row for row in rows}
    assert len(found) == len(rows)
    Outbox.objects.all().delete()
    return found


def links(body: str) -> list[str]:
    return [f"{urlsplit(link).path}" for link in re.findall(r"https://articles\.example\.org/\S*", body)]


def name(who: dict[str, User], address: str) -> str:
    return next(key for key, user in who.items() if user.email == address)


# Each occasion: what is made ready, what is then done, who is told, the subject, where it leads, what it says to do.
def ready_to_invite(who: dict[str, User]) -> Any:
    return invitation(submitted(who["editor"]), who["reviewer"], who["chair"])


def judged(who: dict[str, User]) -> Any:
    row = under_review(who["editor"], who["reviewer"])[1]
    judge_everything(row)
    return row


def objected(who: dict[str, User]) -> Any:
    row = judged(who)
    discussion.comment(row, by=who["reviewer"], body="Which adults?", blocking=True)
    rounds.ask_for_changes(row, by=who["reviewer"], reason="Say which adults.")
    return row.article.comments.order_by("pk").first()


def answer(remark: Any, who: dict[str, User]) -> None:
    discussion.answer(remark, by=who["editor"], text="Those of the trial.")


def to_send_again(who: dict[str, User]) -> Any:
    article = objected(who).article
    article = amended(Article.objects.get(pk=article.pk), who["editor"])
    for remark in article.comments.filter(blocking=True):
        discussion.mark_mended(remark, by=who["editor"])
    return article


def signed(who: dict[str, User]) -> Article:
    return approved(who["editor"], who["reviewer"])


OCCASIONS: dict[str, tuple[Callable[..., Any], Callable[..., Any], str, str, str, str]] = {
    "invited": (
        ready_to_invite,
        lambda row, who: mail.invited(row),
        "reviewer",
        "Invitation to review",
        "/desk/articles/{slug}/take/",
        "Clara Chair invites you to review this. Say by",
    ),
    "reminded of an invitation": (
        ready_to_invite,
        lambda row, who: mail.remind(row, by=who["chair"]),
        "reviewer",
        "The chair reminds you",
        "/desk/articles/{slug}/take/",
        "Clara Chair reminds you of this invitation. Say by",
    ),
    "declined": (
        ready_to_invite,
        lambda row, who: assignment.decline(row, by=who["reviewer"], because="other", note="On leave\nuntil May."),
        "chair",
        "Invitation declined",
        "/desk/articles/{slug}/invite/",
        "Rita Reviewer will not review this: another reason. On leave until May. Decide whether to invite somebody",
    ),
    "reminded of a round": (
        judged,
        lambda row, who: mail.remind(row, by=who["chair"]),
        "reviewer",
        "The chair reminds you",
        "/desk/rounds/{round}/",
        "Clara Chair reminds you of your review of version 1.",
    ),
    "sent back": (
        judged,
        lambda row, who: rounds.ask_for_changes(row, by=who["reviewer"], reason="Mend it."),
        "editor",
        "Changes asked for",
        "/desk/articles/{slug}/edit/",
        "Answer 1 objection or mend the text, then send it to the board again.",
    ),
    "answered": (
        objected,
        answer,
        "reviewer",
        "Your comment was answered",
        "/desk/articles/{slug}/reviews/",
        "Edith Editor has begun to answer your comments.",
    ),
    "resubmitted": (
        to_send_again,
        lambda row, who: row.perform("submit", by=who["editor"]),
        "reviewer",
        "Back for review",
        "/desk/rounds/{round}/",
        "Version 2 is with the board and back with you. Judge what changed",
    ),
    "published": (
        judged,
        lambda row, who: sign(row),
        "editor",
        "Signed and published",
        "/articles/{slug}/",
        "Version 1 is signed, and readers see it. Read it as they do; nothing else is to be done.",
    ),
    "asked to reaffirm": (
        signed,
        lambda row, who: reaffirming.ask(row, who["reviewer"], by=who["chair"]),
        "reviewer",
        "Asked to reaffirm",
        "/desk/rounds/{round}/",
        "Clara Chair asks you to review version 1, which is signed, once more.",
    ),
    "not reaffirmed": (
        lambda who: reaffirming.begin(signed(who), by=who["reviewer"]),
        lambda row, who: reaffirming.decline(row, by=who["reviewer"], reason="The dose\nis outdated."),
        "chair",
        "Not reaffirmed",
        "/desk/articles/{slug}/reaffirm/",
        "Rita Reviewer does not reaffirm version 1, which is signed: The dose is outdated.",
    ),
}


@pytest.mark.parametrize("occasion", OCCASIONS)
def test_f17_the_mail_is_in_the_outbox_and_names_article_and_action(occasion: str, everybody: dict[str, User]) -> None:
    ready, step, whom, subject, place, action = OCCASIONS[occasion]
    made = ready(everybody)
    Outbox.objects.all().delete()
    step(made, everybody)
    found = told()
    assert [name(everybody, address) for address in found] == [whom]
    (row,) = found.values()
    article, last = Article.objects.get(), Round.objects.order_by("-pk").first()
    assert row.subject == f"{subject}: {QUESTION}"
    assert links(row.body) == [place.format(slug=article.slug, round=last and last.pk), "/accounts/mail/"]
    assert (QUESTION in row.body, action in row.body) == (True, True)
    assert re.search(r"bout \d+ minutes?[;.]", row.body)
    assert re.search(r"Due on \d+ \w+ 20\d\d, about|; no day is set", row.body)
    assert f"Dear {everybody[whom].name}," in row.body


@pytest.mark.parametrize("occasion", OCCASIONS)
def test_no_link_acts_by_being_opened(occasion: str, everybody: dict[str, User], client: Client) -> None:
    ready, step, whom, *_ = OCCASIONS[occasion]
    made = ready(everybody)
    Outbox.objects.all().delete()
    step(made, everybody)
    ((_, row),) = told().items()
    before, notices = rows_of_history(), list(Notice.objects.values())
    for visitor, wanted in ((Client(), {200, 302}), (sign_in(client, everybody[whom]), {200})):
        statuses = {visitor.get(path).status_code for path in links(row.body)}
        assert statuses <= wanted, statuses
    assert (rows_of_history(), list(Notice.objects.values())) == (before, notices)


def rows_of_history() -> dict[str, int]:
    return {model.__name__: history_of(model)._default_manager.count() for model in regulated_models()}


def test_a_message_says_when_it_is_due_and_why_it_came(everybody: dict[str, User]) -> None:
    row = ready_to_invite(everybody)
    mail.invited(row)
    body = told()[everybody["reviewer"].email].body
    assert f"The review would be due on {row.review_by:%-d %B %Y}." in body
    assert f"Due on {row.answer_by:%-d %B %Y}, about 3 minutes. Here:" in body
    assert "You get this from Oracle because you are invited to review this article." in body


def test_an_invitation_is_told_once_and_a_new_one_again(everybody: dict[str, User]) -> None:
    row = ready_to_invite(everybody)
    mail.invited(row)
    mail.invited(row)
    assert len(told()) == 1
    declined = changed(row, answer="declined", answered_at=clock.now(), declined_because="time")
    mail.invited(changed(declined, answer="", answered_at=None, declined_because="", invited_at=clock.now()))
    assert len(told()) == 1


def test_the_chair_reminds_once_a_day(everybody: dict[str, User]) -> None:
    row, chair = judged(everybody), everybody["chair"]
    assert [mail.remind(row, by=chair) for _ in range(3)] == [True, False, False]
    with clock.moved_to(clock.now() + timedelta(days=1)):
        assert mail.remind(row, by=chair)
    assert Outbox.objects.count() == 2


def test_who_wrote_and_who_signed_are_told_but_not_the_last_to_sign(everybody: dict[str, User]) -> None:
    who = everybody
    article, row = under_review(who["editor"], who["reviewer"], risk="high")
    other = rounds.take(article, by=who["reviewer2"])
    for one in (row, other):
        judge_everything(one)
    sign(row)
    assert told() == {}
    sign(other)
    assert set(told()) == {who["editor"].email, who["reviewer"].email}


def test_every_editor_who_wrote_is_told_and_no_other(everybody: dict[str, User]) -> None:
    who = everybody
    article = objected(who).article
    assert set(told()) == {who["editor"].email}
    sent_again(amended(Article.objects.get(pk=article.pk), who["editor2"], title="Anew"), who["editor"])
    Outbox.objects.all().delete()
    rounds.ask_for_changes(Round.objects.active().get(), by=who["reviewer"], reason="Still not.")
    assert set(told()) == {who["editor"].email, who["editor2"].email}


@pytest.mark.parametrize("gone", ["account", "role"])
def test_where_the_writer_is_gone_every_editor_has_the_task(gone: str, everybody: dict[str, User]) -> None:
    who, row = everybody, judged(everybody)
    left = {"by": who["administrator"], "reason": "Left."}
    if gone == "account":
        deactivate(who["editor"], **left)
    else:
        change_roles(who["editor"], ["auditor"], **left)
    rounds.ask_for_changes(row, by=who["reviewer"], reason="Mend it.")
    assert set(told()) == {who["editor2"].email}


def test_a_reviewer_who_lost_the_account_or_the_role_is_told_nothing(everybody: dict[str, User]) -> None:
    who, remark = everybody, objected(everybody)
    change_roles(who["reviewer"], ["auditor"], by=who["administrator"], reason="Left the board.")
    told()
    answer(remark, who)
    assert told() == {}
    closed = invitation(submitted(who["editor"], question="Another?"), who["reviewer2"], who["chair"])
    deactivate(who["reviewer2"], by=who["administrator"], reason="Left.")
    mail.invited(closed)
    assert (told(), Notice.objects.filter(kind=Kind.INVITED).count()) == ({}, 0)


def test_several_answers_are_one_message(everybody: dict[str, User]) -> None:
    remark = objected(everybody)
    told()
    for other in remark.article.comments.all():
        answer(other, everybody)
    assert len(told()) == 1


def test_f18_a_superuser_who_is_nothing_else_is_never_told(everybody: dict[str, User]) -> None:
    for occasion in OCCASIONS.values():
        with transaction.atomic():
            made = occasion[0](everybody)
            occasion[1](made, everybody)
            assert everybody["superuser"].email not in {row.to[0] for row in Outbox.objects.all()}
            assert Outbox.objects.exists()
            transaction.set_rollback(True)


def test_a_refused_step_tells_nobody(everybody: dict[str, User]) -> None:
    row = judged(everybody)
    told()
    with transaction.atomic():
        rounds.ask_for_changes(row, by=everybody["reviewer"], reason="Mend it.")
        transaction.set_rollback(True)
    assert (told(), Notice.objects.count()) == ({}, 0)


def test_a_question_begins_no_header_and_no_subject_is_endless(everybody: dict[str, User]) -> None:
    who = everybody
    hostile = "Is it so?\r\nBcc: all@example.org\n\nDear all, " + "x" * 200
    row = invitation(submitted(who["editor"], question=hostile), who["reviewer"], who["chair"])
    mail.invited(row)
    found = told()[who["reviewer"].email]
    assert (found.subject.splitlines(), len(found.subject)) == ([found.subject], 200)
    assert found.subject.startswith("Invitation to review: Is it so? Bcc: all@example.org Dear all, x")
    assert one_line("a\x0bb\x0c\x1c\x85\u2028c\rd") == "a b c d"
    assert "\nBcc" not in found.body


def test_who_chose_so_gets_nothing_at_once(everybody: dict[str, User]) -> None:
    who = everybody
    for choice in ("daily", "weekly"):
        choose_mail(who["reviewer"], choice)
        row = invitation(submitted(who["editor"], question=f"By {choice}?"), who["reviewer"], who["chair"])
        mail.invited(row)
    assert (told(), Notice.objects.waiting().count()) == ({}, 2)


def test_signing_a_second_version_is_told_again(everybody: dict[str, User]) -> None:
    who = everybody
    article = amended(approved(who["editor"], who["reviewer"]).perform("revise", by=who["editor"]), who["editor"])
    article.perform("submit", by=who["editor"])
    told_before = Outbox.objects.filter(subject__startswith="Signed and published").count()
    row = Round.objects.active().get()
    judge_everything(row)
    sign(row)
    assert (told_before, Outbox.objects.filter(subject__startswith="Signed and published").count()) == (1, 2)


def test_the_document_lists_every_kind() -> None:
    assert [row[0] for row in table("docs/mail.md", "subject")] == [str(label) for label in Kind.labels]


def test_a_person_with_several_roles_is_told_once(everybody: dict[str, User]) -> None:
    both = person("Ursula Universal", "editor", "chair", "administrator")
    row = under_review(both, everybody["reviewer"])[1]
    judge_everything(row)
    told()
    sign(row)
    assert set(told()) == {both.email}
