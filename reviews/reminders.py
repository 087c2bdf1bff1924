"""What the calendar brings: invitations and rounds that are due, signatures and checks that run out (F19).

Each reminder is for a stage of its due day, and made once: of stages that passed while nobody looked, the latest. It
ends where the article moves on, and nothing is late before its day is over in the site's time zone.
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Any, NamedTuple

from django.contrib.postgres.fields import ArrayField
from django.db import connection, models, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.expressions import RawSQL
from django.urls import reverse
from django.utils import timezone

from articles.models import Article, State
from articles.text.claims import reading_minutes
from oracle import clock
from oracle.accounts.models import User

from .mail import day, invitations, of_invitation, of_work, work
from .models import BoardMember, Kind, Notice, Round
from .models.board import DISCLOSURE_HOLDS
from .notices import notice, send_waiting, tell
from .tasks import statements_of

# Days before the due day on which each is reminded of, after it less than 0; the last is when nobody is any more.
# The notices of a stage are kept longer (`forget_notices`) than the stage lasts.
ANSWERING = (2, -1, -31)
REVIEWING = (3, -1, -8, -15, -22, -29)
LAPSING = (60, 30, 7, 0, -30)
RUNNING_OUT = (30, 7, -1)


class Window(NamedTuple):
    """A stage, and the first and the last due day for which it is the stage of today."""

    stage: int
    first: date
    last: date


def windows(stages: Iterable[int]) -> Iterator[Window]:
    """The windows of today, for stages from the earliest to the end."""
    today = clock.today()
    for stage, following in pairwise(stages):
        yield Window(stage, today + timedelta(days=following + 1), today + timedelta(days=stage))


def remind() -> int:
    """Make what today brings, then send what waits; gives back how many messages went to the outbox.

    As often as one likes: a second time makes nothing new, and of two at once the second waits for the first.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('reviews.reminders'))")
        people = People()
        made = [*_answering(people), *_reviewing(), *_lapsing(people), *_running_out(people)]
        return tell(made) + send_waiting()


class People:
    """Every active account, read once."""

    def __init__(self) -> None:
        self.all = {user.pk: user for user in User.objects.filter(is_active=True).order_by("pk")}

    def having(self, role: str) -> list[User]:
        """Those with a role; superuser status is none."""
        return [user for user in self.all.values() if user.has_role(role)]

    def among(self, ids: Iterable[int], role: str) -> list[User]:
        """Those of these who have a role."""
        chosen = set(ids)
        return [user for user in self.having(role) if user.pk in chosen]


def _midnight() -> datetime:
    """The beginning of today: of what began since then nobody is reminded on the same day."""
    return timezone.make_aware(datetime.combine(clock.today(), time()))


def _untold(stage: int, due: str, **what: Any) -> Q:
    """Nobody was reminded at this stage yet; `due` is the column of the due day."""
    return ~Q(Exists(Notice.objects.filter(stage=stage, due_on=OuterRef(due), **what)))


def _answering(people: People) -> Iterator[Notice]:
    """Invitations that their reviewers can answer."""
    waiting = invitations().to_answer()
    waiting = waiting.filter(~Exists(Round.objects.active().filter(review=OuterRef("pk"))))
    for stage, first, last in windows(ANSWERING):
        rows = waiting.filter(answer_by__range=(first, last), invited_at__lt=_midnight())
        for row in rows.filter(_untold(stage, "answer_by", review=OuterRef("pk"))):
            yield from _late_invitation(row, stage, people) if stage < 0 else _due_invitation(row, stage)


def _due_invitation(row: Any, stage: int) -> Iterator[Notice]:
    action = f"Say by {day(row.answer_by)} whether you will review this."
    yield of_invitation(Kind.INVITATION_DUE, row, action, stage, stage)


def _late_invitation(row: Any, stage: int, people: People) -> Iterator[Notice]:
    action = f"You were asked to say by {day(row.answer_by)} whether you will review this. Accept or decline it now."
    yield of_invitation(Kind.INVITATION_LATE, row, action, stage, stage)
    for chair in people.having("chair"):
        if chair.pk != row.reviewer_id:
            yield _told_to_chair(row, chair, stage)


def _told_to_chair(row: Any, chair: User, stage: int) -> Notice:
    told = of_invitation(Kind.INVITATION_LATE, row, "", stage, stage)
    told.to, told.key = chair, f"{told.key}:{chair.pk}"
    told.action = f"{row.reviewer.name} has not answered the invitation. Remind them, or invite somebody else."
    told.minutes, told.path = 2, reverse("invite_reviewers", args=[row.article.slug])
    return told


def _reviewing() -> Iterator[Notice]:
    """Rounds that are due, of reviewers who can go on with them."""
    for stage, first, last in windows(REVIEWING):
        rows = work().at_work().filter(due_on__range=(first, last), began_at__lt=_midnight())
        for row in rows.filter(_untold(stage, "due_on", round=OuterRef("pk"))):
            if stage > 0:
                kind, action = Kind.REVIEW_DUE, f"Finish your review of version {row.text_number} by {day(row.due_on)}."
            else:
                kind, action = Kind.REVIEW_LATE, _late_review(row)
            yield of_work(kind, row, action, stage, stage)


def _late_review(row: Any) -> str:
    was = f"Your review of version {row.text_number} was due on {day(row.due_on)}."
    return f"{was} Finish it, or give it back so that somebody else can take it."


def _lapsing(people: People) -> Iterator[Notice]:
    """Signed texts whose signatures lapse, of which no new version is in work."""
    for window in windows(LAPSING):
        for row in _signed(window).filter(_untold(window.stage, "review_due", article=OuterRef("pk"))):
            yield from _lapse_of(row, window.stage, people)


def _signed(window: Window) -> QuerySet[Any]:
    """Each with `writers`, the ids of whoever wrote in it, the `question` that is signed and its `statements`."""
    ids = ArrayField(models.BigIntegerField())
    writers = RawSQL("ARRAY(SELECT contributors(articles_article.id))", [], ids)
    return (
        Article.objects.lapsing(window.last)
        .filter(state=State.APPROVED, review_due__gte=window.first)
        .annotate(question=F("standing_version__question"), statements=statements_of("standing_version"))
        .annotate(writers=writers)
    )


def _lapse_of(row: Any, stage: int, people: People) -> Iterator[Notice]:
    signers = [signed["member"] for signed in row.signatures.get("people", ())]
    editors = people.among(row.writers, "editor") or people.having("editor")
    told = dict.fromkeys([*editors, *people.among(signers, "reviewer"), *people.having("chair")])
    until = day(row.review_due)
    if row.review_due < clock.today():
        action = f"Its signatures held until {until}: readers see it under a caution. Revise it, or have it confirmed."
    else:
        action = f"Its signatures hold until {until}; then readers see a caution. Revise it, or have it confirmed."
    for to in told:
        yield notice(
            Kind.LAPSING,
            to,
            f"{row.pk}:{row.standing_version_id}:{row.review_due}:{stage}",
            article=row,
            version_id=row.standing_version_id,
            stage=stage,
            due_on=row.review_due,
            about=row.question,
            action=action,
            minutes=reading_minutes(row.statements),
            path=reverse("record", args=[row.slug]),
        )


def _running_out(people: People) -> Iterator[Notice]:
    """Credential checks and disclosures of serving members: to the member, and to the administrators."""
    serving = BoardMember.objects.at_work(clock.today()).select_related("user")
    for stage, first, last in windows(RUNNING_OUT):
        for member in serving.filter(expires_on__range=(first, last)):
            yield from _record_of(member, Kind.CREDENTIALS, member.expires_on, stage, people)
        for member in serving.filter(disclosed_on__range=(first - DISCLOSURE_HOLDS, last - DISCLOSURE_HOLDS)):
            yield from _record_of(member, Kind.DISCLOSURE, member.disclosed_until, stage, people)


# What the member is told, then who keeps the board's records.
RECORD = {
    Kind.CREDENTIALS: (
        "Your credential check holds until {}; then you can neither review nor sign. Ask an administrator to renew it.",
        "This credential check holds until {}. Look the member up in the register, and record the new day.",
    ),
    Kind.DISCLOSURE: (
        "Your disclosure is a year old on {}. Confirm it or write a new one under My board record.",
        "This disclosure is a year old on {}. Ask the member for a new one, and record it.",
    ),
}


def _record_of(member: BoardMember, kind: Kind, due: date | None, stage: int, people: People) -> Iterator[Notice]:
    if due is None:
        return
    office = reverse("office:reviews_boardmember_change", args=[member.pk])
    keepers = [user for user in people.having("administrator") if user.pk != member.user_id]
    own, kept = RECORD[kind]
    for to, words, path in [
        (member.user, own, reverse("my_board_record")),
        *((user, kept, office) for user in keepers),
    ]:
        yield notice(
            kind,
            to,
            f"{member.pk}:{due}:{stage}",
            member=member,
            stage=stage,
            due_on=due,
            about=member.user.name,
            action=words.format(day(due)),
            minutes=5,
            path=path,
        )
