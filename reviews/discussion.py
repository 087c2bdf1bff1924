"""The discussion of a text: comments, the editor's answers, what closes them; each under the article's lock."""

from dataclasses import replace

from django.db import transaction

from articles.models import Article, Version
from articles.text.claims import Claim, sentences
from articles.text.content import Content
from oracle import clock
from oracle.accounts.models import User
from oracle.audit.history import record
from oracle.refusals import NotAllowed, Refusal, typed

from . import mail
from .checking import claim_of
from .judging import judge_all, stops_approval
from .models import Comment, Round, RoundEnd, Verdict
from .rounds import lock_work


def comment(row: Round, *, by: User, body: str, blocking: bool, claim_id: str = "") -> Comment:
    """Add a comment on a statement or on the whole version."""
    with transaction.atomic():
        row, _ = lock_work(row, by)
        body = typed(body, "Write the comment first.")
        claim = claim_of(row, claim_id) if claim_id else None
        return _add_comment(row, by, body, blocking=blocking, claim=claim)


def _add_comment(
    row: Round, by: User | None, body: str, *, blocking: bool, claim: Claim | None, event: str = "comment.add"
) -> Comment:
    comment = Comment(
        article_id=row.article_id,
        version_id=row.version_id,
        round=row,
        by=by,
        body=body,
        blocking=blocking,
        claim=claim.id if claim else "",
        quote=claim.text if claim else "",
    )
    return record(comment, by=by, event=event)


def answer(remark: Comment, *, by: User, text: str) -> Comment:
    """The editor's answer to an objection, beside the text."""
    with transaction.atomic():
        article = remark.article.lock()
        article.open_version(by)
        remark = Comment.objects.get(pk=remark.pk)
        if remark.resolved_at:
            raise Refusal("This comment is closed already.")
        text = typed(text, "Write the answer first, or mend the text and mark the objection as mended.")
        remark.answer, remark.answered_by, remark.answered_at = text, by, clock.now()
        record(remark, by=by, event="comment.answer")
        mail.answered(remark, article, by=by)
        return remark


def mark_mended(remark: Comment, *, by: User) -> Comment:
    """Say that the text was changed because of an objection; refused while what it is about is the same."""
    with transaction.atomic():
        version = remark.article.lock().open_version(by)
        same_statement = any(claim.id == remark.claim for claim in sentences(version.content))
        if same_statement or _readable(version) == _readable(remark.version):
            what = "statement" if same_statement else "text"
            raise Refusal(f"The {what} is unchanged since that objection; mend it first, or write an answer.")
        return answer(remark, by=by, text="Mended in the text.")


def _readable(version: Version) -> Content:
    """A version's content without its disclosures."""
    return replace(version.content, ai_use={}, funding="")


def resolve(remark: Comment, *, by: User) -> Comment:
    """Close a comment as met: its author does, or the chair."""
    with transaction.atomic():
        remark.article.lock()
        remark = Comment.objects.get(pk=remark.pk)
        if by.pk != remark.by_id and not by.has_role("chair"):
            raise NotAllowed("Only the person who made this comment, or the chair, may close it.")
        if remark.resolved_at:
            raise Refusal("This comment is closed already.")
        remark.resolved_by, remark.resolved_at = by, clock.now()
        return record(remark, by=by, event="comment.resolve")


def objections_from_round(article: Article) -> None:
    """Put what the board objects to beside the editor's text: every verdict that stops approval, whoever gave it, and
    doubts with a note, as comments of those who gave them; then the reason, blocking where nothing else is.
    """
    event = "article.request_changes"
    asked = (
        Round.objects.filter(article=article, end=RoundEnd.CHANGES)
        .select_related("version", "review__reviewer")
        .latest("id")
    )
    asked.version.article = article
    told = set(Comment.objects.filter(version=asked.version).values_list("claim", "by_id"))
    for item in judge_all(asked.version):
        for check in item.checks:
            stops = stops_approval(item.claim, check.verdict)
            if (item.claim.id, check.reviewer_id) not in told and (stops or check.verdict == Verdict.PARTLY):
                body = check.note or f"Judged “{check.get_verdict_display()}”."
                _add_comment(asked, check.reviewer, body, blocking=stops, claim=item.claim, event=event)
    nothing_else = not Comment.objects.open_blocking().filter(article=article).exists()
    _add_comment(asked, asked.review.reviewer, asked.reason, blocking=nothing_else, claim=None, event=event)


def close_dropped(article: Article) -> None:
    """The editor went back to the signed version: what was open on the texts since then stops nothing any more."""
    for remark in Comment.objects.filter(article=article, resolved_at=None):
        remark.resolved_at = clock.now()
        record(remark, by=None, event="comment.drop")
