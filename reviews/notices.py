"""Notices on their way: each is made once, goes out at once or together, and never after its article moved on."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from django.core.mail import EmailMessage
from django.db.models import Exists, F, OuterRef
from django.urls import reverse

from articles.models import State
from articles.models.article import OPEN_FOR_WRITING, WITH_THE_BOARD
from articles.standing import Standing, standing
from oracle import clock
from oracle.accounts.models import Mail, Role, User
from oracle.outbox import letters

from .models import Answer, BoardMember, Kind, Notice, Round

# How the sentence in the message goes on that begins “You get this because”.
WHY = {
    Kind.INVITED: "you are invited to review this article",
    Kind.INVITATION_DUE: "you are invited to review this article",
    Kind.INVITATION_LATE: "you are invited to review this article, or chair the board",
    Kind.DECLINED: "you chair the board",
    Kind.REVIEW_DUE: "you review this article",
    Kind.REVIEW_LATE: "you review this article",
    Kind.REMINDED: "you review this article, or are invited to",
    Kind.SENT_BACK: "you write this article",
    Kind.ANSWERED: "you made a comment on this article",
    Kind.RESUBMITTED: "you reviewed the version before",
    Kind.PUBLISHED: "you wrote or signed this article",
    Kind.ASKED: "you reviewed this article before",
    Kind.NOT_REAFFIRMED: "you chair the board",
    Kind.LAPSING: "you wrote or signed this article, or chair the board",
    Kind.CREDENTIALS: "the board record is yours, or yours to keep",
    Kind.DISCLOSURE: "the board record is yours, or yours to keep",
}


def notice(kind: Kind, to: User, mark: object, *, about: str, **said: Any) -> Notice:
    """A notice not kept yet. `mark` names the occasion among those of its kind: told once, never told again."""
    return Notice(kind=kind, to=to, key=f"{kind.value}:{mark}:{to.pk}", about=letters.one_line(about), **said)


def tell(notices: Iterable[Notice]) -> int:
    """Keep the notices that were not made before, and mail those to people who want mail at once.

    Nobody is told whose account is closed or has no role. Call it in the transaction of the cause. Gives back how many
    messages went to the outbox.
    """
    rows = [row for row in notices if row.to.has_role(*Role.values)]
    if not rows:
        return 0
    Notice.objects.bulk_create(rows, ignore_conflicts=True)
    made = Notice.objects.waiting().filter(key__in=[row.key for row in rows], to__mail=Mail.INSTANT)
    return _send([[row] for row in made.select_related("to").order_by("id")])


def send_waiting() -> int:
    """Send what waited and whose time has come, each person's together, the nearest due day first; drop the rest.

    Gives back how many messages went to the outbox.
    """
    taken = Exists(Round.objects.active().filter(review=OuterRef("review")))
    rows = Notice.objects.to_go(clock.now()).select_related("to", "article", "review", "round__review", "member")
    found = list(rows.annotate(taken=taken).order_by("to_id", F("due_on").asc(nulls_last=True), "id"))
    still = [row for row in found if stands(row)]
    gone = {row.pk for row in found} - {row.pk for row in still}
    Notice.objects.filter(pk__in=gone).update(dropped_at=clock.now())
    bundles: dict[int, list[Notice]] = {}
    for row in still:
        # Whoever wants mail at once by now gets one message for each.
        bundles.setdefault(-row.pk if row.to.mail == Mail.INSTANT else row.to_id, []).append(row)
    return _send(list(bundles.values()))


def _send(bundles: list[list[Notice]]) -> int:
    """One message for each bundle of one person's notices."""
    letters.post(_alone(rows[0]) if len(rows) == 1 else _together(rows) for rows in bundles)
    told = [row.pk for rows in bundles for row in rows]
    Notice.objects.filter(pk__in=told).update(mailed_at=clock.now())
    return len(bundles)


def _alone(row: Notice) -> EmailMessage:
    context = {"notice": row, "why": WHY[Kind(row.kind)], "link": letters.link(row.path), "choice": _choice()}
    return letters.letter(row.to, row.subject, "emails/notice.txt", context)


def _together(rows: list[Notice]) -> EmailMessage:
    """One message, with a heading for each kind; kinds, and the notices of each, in the order of `rows`."""
    kinds: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        kinds.setdefault(row.get_kind_display(), []).append({"notice": row, "link": letters.link(row.path)})
    due = rows[0].due_on
    first = f", the first due on {due:%-d %B %Y}" if due else ""
    context = {"kinds": kinds, "count": len(rows), "choice": _choice()}
    return letters.letter(rows[0].to, f"{len(rows)} things for you{first}", "emails/digest.txt", context)


def _choice() -> str:
    return letters.link(reverse("mail_choice"))


# What is still to be done.


def stands(row: Notice) -> bool:
    """Is what a notice says still so, and is it still for this person? Afterwards it is dropped, not mailed (F19)."""
    return row.to.has_role(*Role.values) and STANDS[Kind(row.kind)](row)


def _invitation(row: Any) -> bool:
    """To be answered (`ReviewQuerySet.to_answer`), not made anew, and no round begun without an answer."""
    review = row.review
    waits = review.answer == Answer.WAITING and review.invited_at and review.invited_at <= row.at
    waits = waits and not review.conflicted and not row.taken and row.article.state in WITH_THE_BOARD
    return bool(waits) and _same_day(row, review.answer_by)


def _declined(row: Any) -> bool:
    """The newest answer, and the board has the article."""
    review = row.review
    newest = review.answer == Answer.DECLINED and review.invited_at <= row.at
    return bool(newest) and row.article.state in WITH_THE_BOARD


def _same_day(row: Notice, due: date | None) -> bool:
    """Is a reminder's due day the one it was made for?"""
    return row.stage is None or row.due_on == due


def _round(row: Any) -> bool:
    """In work, and no interest waits for the chair."""
    work = row.round
    return work.ended_at is None and not work.review.conflicted and _same_day(row, work.due_on)


def _reminded(row: Any) -> bool:
    return _round(row) if row.round_id else _invitation(row)


def _written(row: Any) -> bool:
    """The text is still being written."""
    return row.article.state in OPEN_FOR_WRITING and row.article.current_version_id == row.version_id


def _published(row: Any) -> bool:
    return bool(row.article.standing_version_id == row.version_id)


def _lapsing(row: Any) -> bool:
    """Signed with the same due day, public, and no newer version is in work."""
    public = standing(row.article, clock.today()) in (Standing.APPROVED, Standing.OVERDUE)
    return _published(row) and public and row.article.review_due == row.due_on and row.article.state == State.APPROVED


def _not_reaffirmed(row: Any) -> bool:
    """No newer signature moved the date since, and no other version is signed; as `office_tasks` lists it."""
    signed_on, version = row.article.signed_on, row.article.standing_version_id
    return bool(row.round.version_id == version and signed_on and clock.day_of(row.round.ended_at) >= signed_on)


def _credentials(row: Any) -> bool:
    return row.member.expires_on == row.due_on and _serves(row.member)


def _disclosure(row: Any) -> bool:
    return row.member.disclosed_until == row.due_on and _serves(row.member)


def _serves(member: BoardMember) -> bool:
    return member.term_until is None or clock.today() <= member.term_until


STANDS: dict[Kind, Callable[[Notice], bool]] = {
    Kind.INVITED: _invitation,
    Kind.INVITATION_DUE: _invitation,
    Kind.INVITATION_LATE: _invitation,
    Kind.DECLINED: _declined,
    Kind.REVIEW_DUE: _round,
    Kind.REVIEW_LATE: _round,
    Kind.REMINDED: _reminded,
    Kind.SENT_BACK: _written,
    Kind.ANSWERED: _written,
    Kind.RESUBMITTED: _round,
    Kind.PUBLISHED: _published,
    Kind.ASKED: _round,
    Kind.NOT_REAFFIRMED: _not_reaffirmed,
    Kind.LAPSING: _lapsing,
    Kind.CREDENTIALS: _credentials,
    Kind.DISCLOSURE: _disclosure,
}
