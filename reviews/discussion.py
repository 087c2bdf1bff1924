"""The discussion of a text: comments, replies, answers, what closes them; each under the article's lock."""

from dataclasses import replace
from typing import Any

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
from .passages import Later, Passage, columns_of
from .rounds import lock_work

# The columns of a comment on the whole version.
NO_PLACE: dict[str, Any] = dict.fromkeys(("claim", "wording", "quote", "prefix", "suffix"), "") | {"replacement": None}


def comment(
    row: Round, *, by: User, body: str, blocking: bool, claim_id: str = "", passage: Passage | None = None
) -> Comment:
    """Add a comment on a passage, on a statement or on the whole version; sent twice, it is written once."""
    with transaction.atomic():
        row, _ = lock_work(row, by)
        body = typed(body, "Write the comment first.")
        about = _statement(claim_of(row, claim_id)) if claim_id else {}
        if passage:
            about = columns_of(passage, row.version.content)
        what = NO_PLACE | about
        said = row.comments.threads().filter(by=by, body=body, blocking=blocking, resolved_at=None, **what).first()
        return said or _add_comment(row, by, body, blocking=blocking, **about)


def _statement(claim: Claim) -> dict[str, Any]:
    return {"claim": claim.id, "quote": claim.text}


def _add_comment(
    row: Round, by: User | None, body: str, *, blocking: bool, event: str = "comment.add", **about: Any
) -> Comment:
    comment = Comment(
        article_id=row.article_id, version_id=row.version_id, round=row, by=by, body=body, blocking=blocking, **about
    )
    return record(comment, by=by, event=event)


def reply(remark: Comment, *, by: User, body: str) -> Comment:
    """Say something to a comment, or to a reply on it, while it is open; sent twice, it is written once."""
    with transaction.atomic():
        remark.article.lock()
        remark = fresh(remark.reply_to or remark)
        if by.pk != remark.by_id and not may_reply(remark.article_id, by):
            raise NotAllowed(
                "Only the author of this comment, a reviewer at work on this text, an editor or the chair may reply."
            )
        body = typed(body, "Write the reply first.")
        newest = Comment.objects.filter(reply_to=remark).order_by("pk").last()
        if newest and (newest.by_id, newest.body) == (by.pk, body):
            return newest
        reply = Comment(
            article_id=remark.article_id,
            version_id=remark.version_id,
            round_id=remark.round_id,
            reply_to=remark,
            by=by,
            body=body,
        )
        return record(reply, by=by, event="comment.reply")


def may_reply(article_id: int, person: User) -> bool:
    """May a person reply to any comment on an article: as an editor, the chair, or a reviewer with an open round?"""
    if person.has_role("editor", "chair"):
        return True
    mine = Round.objects.active().filter(article_id=article_id, review__reviewer=person).select_related("review")
    return any(not row.review.conflicted for row in mine)


def fresh(remark: Comment) -> Comment:
    """A comment as it now stands, for who has the article's lock; refused once it is closed, and for a reply."""
    remark = Comment.objects.select_related("by", "version").get(pk=remark.pk)
    if remark.resolved_at:
        raise Refusal("This comment is closed already.")
    if remark.reply_to_id:
        raise Refusal("This is a reply; answer or close the comment that it belongs to.")
    return remark


def answer(remark: Comment, *, by: User, text: str) -> Comment:
    """The editor's answer to an objection, beside the text."""
    with transaction.atomic():
        article = remark.article.lock()
        article.open_version(by)
        remark = fresh(remark)
        text = typed(text, "Write the answer first, or mend the text and mark the objection as mended.")
        remark.answer, remark.answered_by, remark.answered_at = text, by, clock.now()
        record(remark, by=by, event="comment.answer")
        mail.answered(remark, article, by=by)
        return remark


def mark_mended(remark: Comment, *, by: User) -> Comment:
    """Say that the text was changed because of an objection; refused while what it is about is the same."""
    with transaction.atomic():
        version = remark.article.lock().open_version(by)
        what = "text" if _readable(version) == _readable(remark.version) else _unchanged(remark, version)
        if what:
            raise Refusal(f"The {what} is unchanged since that objection; mend it first, or write an answer.")
        return answer(remark, by=by, text="Mended in the text.")


def _unchanged(remark: Comment, version: Version) -> str:
    """What a comment is about, if it is in a version as it was."""
    if remark.wording:
        return "passage" if Later(version).place(remark) else ""
    return "statement" if any(claim.id == remark.claim for claim in sentences(version.content)) else ""


def _readable(version: Version) -> Content:
    """A version's content without its disclosures."""
    return replace(version.content, ai_use={}, funding="")


def resolve(remark: Comment, *, by: User) -> Comment:
    """Close a comment as met: its author does, or a chair who did not write the text."""
    with transaction.atomic():
        article = remark.article.lock()
        if by.pk != remark.by_id:
            _check_closes_for_others(article, by)
        remark = fresh(remark)
        remark.resolved_by, remark.resolved_at = by, clock.now()
        return record(remark, by=by, event="comment.resolve")


def _check_closes_for_others(article: Article, by: User) -> None:
    if not by.has_role("chair"):
        raise NotAllowed("Only the person who made this comment, or the chair, may close it.")
    if by.pk in article.contributor_ids():
        raise NotAllowed("You contributed to this text; whoever made this comment, or another chair, must close it.")


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
                body += f"\n\nQuoted: “{check.quote}”" if check.quote else ""
                _add_comment(asked, check.reviewer, body, blocking=stops, event=event, **_statement(item.claim))
    nothing_else = not Comment.objects.open_blocking().filter(article=article).exists()
    _add_comment(asked, asked.review.reviewer, asked.reason, blocking=nothing_else, event=event)


def close_dropped(article: Article) -> None:
    """The editor went back to the signed version: what was open on the texts since then stops nothing any more."""
    for remark in Comment.objects.threads().filter(article=article, resolved_at=None):
        remark.resolved_at = clock.now()
        record(remark, by=None, event="comment.drop")
