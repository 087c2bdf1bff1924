"""The board's part in an article's life: the implementation of `articles.board.Board`."""

from collections.abc import Sequence
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, F, OuterRef, QuerySet, Subquery
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, JSONObject, Lower
from django.urls import reverse
from django.utils import timezone

from articles.board import Objection, SignatureLine, holders_in_words
from articles.models import Article
from articles.to_do import BoardNotice, Task
from oracle.accounts.models import User

from . import mail
from .counting import rule_is_met, stands
from .discussion import close_dropped, objections_from_round
from .judging import judge_all, obstacle, stopped
from .models import Comment, Round, RoundEnd, SignOff
from .office_tasks import chair_tasks
from .permissions import member_of, notice_of
from .rounds import end_invitations, open_rounds_again, overtake
from .tasks import reviewer_tasks
from .threads import Thread, applied_in_words, closed_in_words, threads

SIGNATURES = 50


class BoardOffice:
    """Answers from the board's records; called inside the article's lock."""

    def refusal(self, article: Article, verb: str, by: User | None) -> str | None:
        """A sentence when the records forbid `verb`, else None."""
        check = getattr(self, f"_{verb}", None)
        return check(article, by) if check else None

    def after(self, article: Article, verb: str, by: User | None) -> Article:
        """Close or open rounds and invitations as the verb demands, and tell the people whose task that makes it."""
        if verb == "submit":
            return self._submitted(article, by)
        if verb == "request_changes":
            objections_from_round(article)
        if verb == "abandon":
            close_dropped(article)
        if verb in {"recall", "request_changes"}:
            overtake(Round.objects.reaffirming(False).filter(article=article), event=f"article.{verb}")
        if verb in {"withdraw", "approve"}:
            overtake(Round.objects.filter(article=article), event=f"article.{verb}")
            end_invitations(article, event=f"article.{verb}")
        told = {"request_changes": mail.sent_back, "approve": mail.published}.get(verb)
        if told:
            told(article, by=by)
        return article

    @staticmethod
    def _submitted(article: Article, by: User | None) -> Article:
        article = open_rounds_again(article)
        if article.state == "under_review":
            mail.resubmitted(article, by=by)
        return article

    def tasks(self, person: User) -> tuple[list[Task], BoardNotice | None]:
        """A reviewer's and the chair's lines of *To do*, and what a reviewer is told of their board record."""
        chairs = chair_tasks() if person.has_role("chair") else []
        if not person.has_role("reviewer"):
            return chairs, None
        member = member_of(person)
        told = notice_of(member)
        notice = BoardNotice(told, reverse("my_board_record"), "My board record") if told else None
        return [*(reviewer_tasks(member) if member else []), *chairs], notice

    def objections(self, article: Article) -> Sequence[Objection]:
        """The comments on the article's versions, open and blocking ones first, beside its current version."""
        rows = threads(Comment.objects.with_people().filter(article=article), article.current_version)
        ordered = sorted(rows, key=lambda one: (one.remark.resolved_at is not None, not one.remark.blocking))
        return [_objection(one) for one in ordered]

    def signatures(self, article: Article) -> Sequence[SignatureLine]:
        """The newest signatures on any version, newest first."""
        rows = article.signoffs.select_related("version", "revocation__by").order_by("-id")[:SIGNATURES]
        return [_signature(row) for row in rows]

    def holders(self, articles: Sequence[Article]) -> dict[int, list[str]]:
        """Who has the current versions in review."""
        asked = Article.objects.filter(pk__in=[article.pk for article in articles]).order_by("pk")
        held = asked.values_list("pk", self.held_by())
        return {pk: holders_in_words(rows) for pk, rows in held if rows}

    def held_by(self) -> Combinable:
        """The open rounds on the current version, as name and beginning."""
        rounds = Round.objects.active().filter(version=OuterRef("current_version")).order_by("pk")
        return ArraySubquery(rounds.values(held=JSONObject(name="review__reviewer__name", since="began_at")))

    def all_holders(self) -> list[tuple[int, str]]:
        """Everyone who has an article in review, by name."""
        rounds = Round.objects.active().filter(version=F("article__current_version"))
        held = User.objects.filter(pk__in=rounds.values("review__reviewer"))
        return list(held.order_by(Lower("name"), "pk").values_list("pk", "name"))

    def held(self, person: int | None = None) -> QuerySet[Any]:
        """The articles whose current version this person has in review, or anybody."""
        rounds = Round.objects.active().filter(version=F("article__current_version"))
        return (rounds.filter(review__reviewer=person) if person else rounds).values("article")

    def open_objections(self) -> Combinable:
        """How many blocking comments are neither answered nor closed."""
        left = Comment.objects.unanswered().filter(article=OuterRef("pk")).order_by().values("article")
        return Coalesce(Subquery(left.values(count=Count("pk"))), 0)

    def _submit(self, article: Article, by: User | None) -> str | None:
        left = Comment.objects.unanswered().filter(article=article).count()
        return f"{left} objection{'s need' if left > 1 else ' needs'} an edit or an answer first." if left else None

    def _suspend(self, article: Article, by: User | None) -> str | None:
        member = member_of(by) if by and not by.has_role("chair") else None
        elsewhere = member is not None and member.outside_for_id not in (None, article.pk)
        return "You are an outside reviewer of another article, and may hide that one alone." if elsewhere else None

    def _recall(self, article: Article, by: User | None) -> str | None:
        signed = SignOff.objects.standing().filter(version_id=article.current_id).exists()
        return "A board member has signed this version; it can no longer be taken back." if signed else None

    def _start_review(self, article: Article, by: User | None) -> str | None:
        active = Round.objects.active().filter(version_id=article.current_id)
        mine = active.filter(review__reviewer=by) if by else active
        return None if mine.exists() else "No review of this version has begun."

    def _release(self, article: Article, by: User | None) -> str | None:
        left = Round.objects.counting().filter(version_id=article.current_id).exists()
        return "Another reviewer still has this version." if left else None

    def _request_changes(self, article: Article, by: User | None) -> str | None:
        asked = Round.objects.filter(version_id=article.current_id, review__reviewer=by, end=RoundEnd.CHANGES).exists()
        return None if asked else "No finished review of this version by you asks for changes."

    def _approve(self, article: Article, by: User | None) -> str | None:
        if rule_is_met(article.current_id):
            return obstacle(article)
        if stands(article.current_id):
            return stopped(article, judge_all(article.current_version))
        return "The sign-off rule is not met yet."

    def _reopen(self, article: Article, by: User | None) -> str | None:
        return "The signatures still meet the rule." if stands(article.standing_version_id) else None


def _objection(thread: Thread) -> Objection:
    row = thread.remark
    place = thread.later.source_place(row) if thread.later and row.wording else None
    applies = row.replacement is not None and not (row.resolved_at or row.applied_at or thread.lost)
    return Objection(
        id=row.pk,
        version=row.version.number,
        quote=row.quote,
        body=row.body,
        by=row.by.name,
        at=row.at,
        blocking=row.blocking,
        answer=row.answer,
        answered_by=row.answered_by.name if row.answered_by else "",
        closed=closed_in_words(row),
        answer_url=reverse("answer_objection", args=[row.pk]),
        mended_url=reverse("mended_objection", args=[row.pk]),
        reply_url=reverse("reply", args=[row.pk]),
        where=thread.where,
        lost=thread.lost,
        goes_to=(row.wording, place[0]) if place else None,
        suggested=thread.suggested,
        applied=applied_in_words(row),
        apply_url=reverse("apply_suggestion", args=[row.pk]) if applies else "",
        change=thread.change,
        replies=thread.replies,
    )


def _signature(row: SignOff) -> SignatureLine:
    revocation = getattr(row, "revocation", None)
    revoked = ""
    if revocation:
        revoked = f"Revoked by {revocation.by.name}, {timezone.localtime(revocation.at):%-d %B %Y}: {revocation.reason}"
    return SignatureLine(
        version=row.version.number,
        name=row.printed_name,
        credentials=row.credentials,
        meaning=row.get_meaning_display(),
        at=row.signed_at,
        conflict=row.conflict,
        used=", ".join(row.authentication),
        answers=[(line["question"], line["answer"]) for line in row.answers],
        signer_id=row.signer_id,
        revoked=revoked,
        revoke_url=reverse("revoke", args=[row.pk]),
    )
