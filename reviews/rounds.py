"""Beginning, working on and ending a round. Every function takes the article's lock first."""

from dataclasses import replace
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from articles.models import Article, Version
from articles.text.claims import Claim, sentences
from articles.text.content import Content
from oracle import clock
from oracle.accounts.models import User
from oracle.audit.history import record
from oracle.refusals import NotAllowed, Refusal, Stale, typed

from .judging import claims_to_judge, judge_all, stops_approval, unlisted
from .models import AddedClaim, ClaimCheck, Comment, Conflict, Review, Round, RoundEnd, Verdict
from .models.review import NEEDS_NOTE
from .permissions import bar, bar_or_shortfall, member_of

LONGEST_ANSWER = 2000
ENDED = {
    RoundEnd.SIGNED: "You have signed this version; the round has ended. Nothing was changed.",
    RoundEnd.CHANGES: "You have asked for changes; the round has ended. Nothing was changed.",
    RoundEnd.GIVEN_BACK: "You have given this review back; the round has ended. Nothing was changed.",
    RoundEnd.OVERTAKEN: "This round has ended: the article moved on, by the editor, the chair or another reviewer."
    " What you noted is kept, and you get the next version when it is sent to the board.",
}


def declare(article: Article, *, by: User, conflict: Conflict, text: str = "") -> Review:
    """Answer the question about interests for one article; a declared one bars until the chair clears it."""
    with transaction.atomic():
        article = article.lock()
        if not by.has_role("reviewer"):
            raise NotAllowed("Only a member of the Medical Advisory Board declares interests here.")
        if conflict == Conflict.DECLARED:
            text = typed(text, "Say what the interest is; the chair decides, and readers see it if it is cleared.")
        return _declared(_review(article, by), by=by, conflict=conflict, text=text)


def _review(article: Article, reviewer: User) -> Review:
    """The person's review of the article, or one not saved yet."""
    made = Review.objects.filter(article=article, reviewer=reviewer).first()
    return made or Review(article=article, reviewer=reviewer)


def _declared(review: Review, *, by: User, conflict: Conflict, text: str) -> Review:
    same = (review.conflict, review.conflict_text) == (conflict, text)
    if review.conflicted and conflict != Conflict.DECLARED:
        raise Refusal("You declared an interest here; only the chair can clear it.")
    review.conflict, review.conflict_text, review.declared_on = conflict, text, clock.today()
    if not same:
        _decide(review)
    return record(review, by=by, event="review.declare")


# For both answers `seen` is the review's `newest_entry` when the chair read it; without it the review as it is counts.


def clear(review: Review, *, by: User, reason: str, seen: int | None = None) -> Review:
    """The chair clears a declared interest, with a reason that readers see."""
    with transaction.atomic():
        review = _lock_declared(review, by, seen)
        if review.cleared_by_id:
            raise Refusal("This interest is cleared already.")
        reason = typed(reason, "Give the reason; readers see it in the disclosure line.", most=LONGEST_ANSWER)
        _decide(review, cleared_by=by, cleared_reason=reason)
        return record(review, by=by, event="review.clear", reason=reason)


def keep_barred(review: Review, *, by: User, reason: str, seen: int | None = None) -> Review:
    """The chair decides that a declared interest stands in the way, with a reason that the reviewer sees."""
    with transaction.atomic():
        review = _lock_declared(review, by, seen)
        if review.barred_by_id:
            raise Refusal("This interest stands in the way already.")
        reason = typed(reason, "Give the reason; the reviewer sees it.", most=LONGEST_ANSWER)
        _decide(review, barred_by=by, barred_reason=reason)
        return record(review, by=by, event="review.bar", reason=reason)


def _lock_declared(review: Review, by: User, seen: int | None) -> Review:
    """The article locked, then a fresh copy of a review with a declared interest, for another person who is chair."""
    review.article.lock()
    review = Review.objects.get(pk=review.pk)
    if not by.has_role("chair"):
        raise NotAllowed("Only the chair may decide on a declared interest.")
    if by.pk == review.reviewer_id:
        raise NotAllowed("Nobody decides on their own interest; another chair must.")
    if by.pk in review.article.contributor_ids():
        raise NotAllowed("You contributed to this text; another chair must decide.")
    if review.conflict != Conflict.DECLARED:
        raise Refusal("There is no declared interest to decide on.")
    if seen is not None and seen != review.newest_entry:
        raise Stale("Something about this interest changed after you opened this page. Read it again, then decide.")
    return review


def _decide(review: Review, **answer: Any) -> None:
    """Give a declared interest this answer in place of any other; without one it waits for the chair again."""
    review.cleared_by = review.barred_by = None
    review.cleared_reason = review.barred_reason = ""
    for name, value in answer.items():
        setattr(review, name, value)


def restate(review: Review, *, by: User) -> Review:
    """Say again what was said about interests; beginning again and signing do."""
    review.declared_on = clock.today()
    return record(review, by=by, event="review.restate")


def active_round(article: Article, user: User) -> Round | None:
    """The round that `user` has open on the current version."""
    return Round.objects.active().filter(version_id=article.current_id, review__reviewer=user).first()


def take(article: Article, *, by: User) -> Round:
    """Begin a round on the submitted version, having declared no conflict; `start_review` follows where it applies."""
    with transaction.atomic():
        article = article.lock()
        if article.state not in ("submitted", "under_review"):
            raise Refusal("This article is not with the board now; reload your list.")
        review = _review(article, by)
        sentence = bar_or_shortfall(article, by, review)
        if sentence:
            raise NotAllowed(sentence)
        review = _without_conflict(review, by)
        before = list(review.rounds.all())
        if any(row.version_id == article.current_id and row.ended_at is None for row in before):
            raise Refusal("You have this article already; it is on your list.")
        row = _open_round(review, article, by=by, number=len(before) + 1)
        if article.state == "submitted":
            article.perform("start_review", by=by, round_id=row.pk)
        return row


def _without_conflict(review: Review, by: User) -> Review:
    cleared = review.cleared_by_id is not None
    return restate(review, by=by) if cleared else _declared(review, by=by, conflict=Conflict.NONE, text="")


def _open_round(review: Review, article: Article, *, by: User | None, number: int) -> Round:
    row = Round(review=review, article=article, version_id=article.current_id, number=number)
    return record(row, by=by, event="round.begin")


def give_back(row: Round, *, by: User, note: str = "") -> Article:
    """End one's own round without a decision; what was noted stays on record."""
    with transaction.atomic():
        row, article = lock_round(row, by)
        close_round(row, RoundEnd.GIVEN_BACK, by=by, reason=typed(note, "") if note.strip() else "")
        left = Round.objects.counting().filter(version_id=article.current_id).exists()
        if article.state == "under_review" and not left:
            article = article.perform("release", by=by, reason=note, round_id=row.pk)
        return article


def notes_given_back(article: Article) -> QuerySet[Round]:
    """The rounds on the current version that were given back with a note, for whoever takes it next."""
    given = Round.objects.filter(version_id=article.current_id, end=RoundEnd.GIVEN_BACK).exclude(reason="")
    return given.select_related("review__reviewer")


def ask_for_changes(row: Round, *, by: User, reason: str) -> Article:
    """End the round with that decision; the editor gets a copy to write in. No signature is made."""
    with transaction.atomic():
        row, article = lock_round(row, by)
        sentence = bar(article, by, member_of(by), row.review)
        if sentence:
            raise NotAllowed(sentence)
        reason = typed(reason, "Say what has to change; the editor reads it first.")
        close_round(row, RoundEnd.CHANGES, by=by, reason=reason)
        return article.perform("request_changes", by=by, reason=reason, round_id=row.pk)


def lock_round(row: Round, by: User) -> tuple[Round, Article]:
    """The article locked, then a fresh copy of an active round of `by`; refused otherwise."""
    article = row.article.lock()
    row = Round.objects.select_related("review__reviewer", "version__article").get(pk=row.pk)
    if row.review.reviewer_id != by.pk:
        raise NotAllowed("This is another reviewer's round.")
    if row.ended_at is not None:
        raise Refusal(ENDED[RoundEnd(row.end)])
    return row, article


def lock_work(row: Round, by: User) -> tuple[Round, Article]:
    """`lock_round`, for what only a reviewer without a standing interest does."""
    row, article = lock_round(row, by)
    if row.review.conflicted:
        raise NotAllowed("You declared an interest in this article; give this review back, or wait for the chair.")
    return row, article


def close_round(row: Round, end: RoundEnd, *, by: User | None, reason: str = "", event: str = "") -> None:
    """End a round; from now on PostgreSQL refuses changes to it and to its verdicts."""
    row.end, row.ended_at, row.reason = end, clock.now(), reason.strip()
    record(row, by=by, event=event or f"round.{end.value}", reason=reason.strip())


def overtake(article: Article, *, event: str) -> None:
    """Close what others had open; their reviewers come back when the next version is submitted."""
    for row in Round.objects.active().filter(article=article):
        close_round(row, RoundEnd.OVERTAKEN, by=None, event=event)


def open_rounds_again(article: Article) -> Article:
    """A new version returns to the reviewers of the one before, as far as nothing bars them now."""
    newest = (
        Round.objects.filter(article=article)
        .order_by("review_id", "-id")
        .distinct("review_id")
        .select_related("review__reviewer")
    )
    held = [row.review for row in newest if row.end != RoundEnd.GIVEN_BACK]
    again = [review for review in held if not bar(article, review.reviewer, member_of(review.reviewer), review)]
    rounds = [_open_round(review, article, by=None, number=review.rounds.count() + 1) for review in again]
    return article.perform("start_review", by=None, round_id=rounds[0].pk) if rounds else article


def judge(row: Round, claim_id: str, *, by: User, verdict: str, note: str = "") -> ClaimCheck:
    """Save one verdict of one's own active round; a doubt needs a note."""
    with transaction.atomic():
        row, article = lock_work(row, by)
        claim = _claim(row, claim_id)
        if verdict not in Verdict.values:
            raise Refusal("Choose one of the five verdicts.")
        if verdict in NEEDS_NOTE:
            note = typed(note, f"“{Verdict(verdict).label.capitalize()}” needs a note that says why.")
        note = typed(note, "") if note.strip() else ""
        check = row.checks.filter(claim=claim_id).first() or ClaimCheck(
            article=article, version=row.version, round=row, reviewer=by, claim=claim_id, text=claim.text
        )
        if (check.verdict, check.note) != (verdict, note):
            check.verdict, check.note, check.at = verdict, note, clock.now()
        return record(check, by=by, event="claim.judge")


def _claim(row: Round, claim_id: str) -> Claim:
    found = next((claim for claim in claims_to_judge(row.version) if claim.id == claim_id), None)
    if found is None:
        raise Refusal("This statement is not in the version under review; reload the page.")
    return found


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


def comment(row: Round, *, by: User, body: str, blocking: bool, claim_id: str = "") -> Comment:
    """Add a comment on a statement or on the whole version."""
    with transaction.atomic():
        row, _ = lock_work(row, by)
        body = typed(body, "Write the comment first.")
        claim = _claim(row, claim_id) if claim_id else None
        return _add_comment(row, by, body, blocking=blocking, claim=claim)


def answer(remark: Comment, *, by: User, text: str) -> Comment:
    """The editor's answer to an objection, beside the text."""
    with transaction.atomic():
        remark.article.lock().open_version(by)
        remark = Comment.objects.get(pk=remark.pk)
        if remark.resolved_at:
            raise Refusal("This comment is closed already.")
        text = typed(text, "Write the answer first, or mend the text and mark the objection as mended.")
        remark.answer, remark.answered_by, remark.answered_at = text, by, clock.now()
        return record(remark, by=by, event="comment.answer")


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


def add_claim(row: Round, *, by: User, sentence: str) -> AddedClaim:
    """Have one more sentence of the text judged; `sentence` is the id of one that `judging.unlisted` offers."""
    with transaction.atomic():
        row, article = lock_work(row, by)
        claim = next((claim for claim in unlisted(row.version) if claim.id == sentence), None)
        if claim is None:
            raise Refusal("This sentence is not in the text, or is on the list of statements already.")
        added = AddedClaim(article=article, version=row.version, round=row, claim=claim.id, sentence=claim.as_json())
        return record(added, by=by, event="claim.add")
