"""Taking an article, interests, objections and revocations."""

from collections.abc import Iterable

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_POST

from articles.models import Article
from articles.permissions import can_read_desk
from articles.text.content import CONTENT_FIELDS
from articles.text.rendering import render_content
from oracle.accounts.models import User
from oracle.accounts.requests import DeskRequest
from oracle.refusals import NotAllowed, Refusal

from .. import departed, rounds, signing
from ..judging import claims_to_judge
from ..models import Comment, Conflict, Review, Round, SignOff
from ..permissions import bar, bar_or_shortfall, member_of
from ..tasks import size

# The chair's two answers to a declared interest, and what is said then.
DECIDED = {
    "clear": (rounds.clear, "{name} may now review this article; readers see your reason."),
    "bar": (rounds.keep_barred, "{name} cannot review this article, and sees your reason."),
}
NEWEST = 50  # rounds, and comments, that the page of an article's reviews shows


def _article(slug: str, person: User) -> Article:
    if not can_read_desk(None, person):
        raise Http404
    return get_object_or_404(Article.objects.select_related("current_version"), slug=slug)


def take(request: DeskRequest, slug: str) -> HttpResponse:
    """What a reviewer sees before taking an article; a POST says *no conflict* and begins."""
    article = _article(slug, request.user)
    if not request.user.has_role("reviewer"):
        raise NotAllowed("Only a member of the Medical Advisory Board may take an article.")
    if request.method == "POST":
        row = rounds.take(article, by=request.user)
        return redirect("review", row.pk)
    version = article.current_version
    with_board = article.state in ("submitted", "under_review")
    person, review = request.user, Review.objects.filter(article=article, reviewer=request.user).first()
    if with_board:
        barred = bar_or_shortfall(article, person, review)
    else:
        barred = bar(article, person, member_of(person), review)
    shown = render_content(version.content)["professional"]
    context = {
        "article": article,
        "version": version,
        "with_board": with_board,
        "barred": barred,
        "answer": mark_safe(shown["direct_answer"]),  # noqa: S308 - allow-listed by articles.text.markdown
        "references": shown["references"],
        "size": size(len(claims_to_judge(version))),
        "review": review,
        "notes": rounds.notes_given_back(article),
    }
    return render(request, "reviews/take.html", context)


def reviews(request: DeskRequest, slug: str) -> HttpResponse:
    """The newest rounds with their verdicts, and the newest comments; author and chair close what is open."""
    return _reviews_page(request, _article(slug, request.user))


def _reviews_page(
    request: DeskRequest, article: Article, *, refusal: Refusal | None = None, chosen: Iterable[int] = ()
) -> HttpResponse:
    texts = [f"version__{name}" for name in (*CONTENT_FIELDS, "claims")]
    remarks = article.comments.select_related("by", "version", "answered_by", "resolved_by").defer(*texts)
    every = Round.objects.filter(article=article).select_related("review__reviewer", "version").defer(*texts)
    context = {
        "article": article,
        "version": article.current_version,
        "left_behind": departed.left_behind(article),
        "sentence": refusal.sentence if refusal else "",
        "chosen": chosen,
        "reason": request.POST.get("reason", ""),
        "interests": Review.objects.filter(article=article, conflict=Conflict.DECLARED).select_related("reviewer"),
        "rounds": every.prefetch_related("checks__set_aside__by").order_by("-pk")[:NEWEST],
        "remarks": remarks.order_by("-pk")[:NEWEST],
        "newest": NEWEST,
        "chairs": request.user.has_role("chair"),
    }
    return render(request, "reviews/reviews.html", context, status=refusal.status if refusal else 200)


def set_aside(request: DeskRequest, slug: str) -> HttpResponse:
    """The chair sets verdicts of reviewers who left aside, several with one reason."""
    article = _article(slug, request.user)
    if request.method != "POST":
        return redirect("reviews", slug)
    if not request.user.has_role("chair"):
        raise NotAllowed("Only the chair may set a verdict aside.")
    chosen = [int(key) for key in request.POST.getlist("check") if key.isascii() and key.isdigit() and len(key) < 18]
    try:
        departed.set_aside(article, chosen, by=request.user, reason=request.POST.get("reason", ""))
    except Refusal as refusal:
        return _reviews_page(request, _article(slug, request.user), refusal=refusal, chosen=chosen)
    messages.success(request, "Set aside. These verdicts stop the approval no longer; they stay on record.")
    return redirect("reviews", slug)


@require_POST
def declare(request: DeskRequest, slug: str) -> HttpResponse:
    """Declare an interest; it bars until the chair clears it."""
    article = _article(slug, request.user)
    rounds.declare(article, by=request.user, conflict=Conflict.DECLARED, text=request.POST.get("text", ""))
    messages.success(request, "Your interest is on record. The chair decides whether you may review this article.")
    return redirect("to_do")


def clear_conflict(request: DeskRequest, slug: str, review: int) -> HttpResponse:
    """The chair decides on a declared interest: cleared, with a reason that readers see, or it stays barred."""
    article = _article(slug, request.user)
    rows = Review.objects.select_related("reviewer").filter(article=article)
    row = get_object_or_404(rows, pk=review)
    if not request.user.has_role("chair"):
        raise NotAllowed("Only the chair may decide on a declared interest.")
    if request.method != "POST":
        return render(request, "reviews/clear_conflict.html", {"article": article, "review": row})
    answer, reason = request.POST.get("answer", ""), request.POST.get("reason", "")
    try:
        if answer not in DECIDED:
            raise Refusal("Choose one of the two answers.")
        act, said = DECIDED[answer]
        seen = request.POST.get("seen", "")[:18]
        act(row, by=request.user, reason=reason, seen=int(seen) if seen.isascii() and seen.isdigit() else 0)
    except Refusal as refusal:
        row = rows.get(pk=review)
        context = {"article": article, "review": row, "reason": reason, "sentence": refusal.sentence}
        return render(request, "reviews/clear_conflict.html", context, status=refusal.status)
    messages.success(request, said.format(name=row.reviewer.name))
    return redirect("to_do")


def _remark(number: int, person: User) -> Comment:
    if not can_read_desk(None, person):
        raise Http404
    return get_object_or_404(Comment.objects.select_related("article", "version", "round"), pk=number)


@require_POST
def answer(request: DeskRequest, comment: int) -> HttpResponse:
    """The editor answers an objection."""
    remark = _remark(comment, request.user)
    rounds.answer(remark, by=request.user, text=request.POST.get("answer", ""))
    messages.success(request, "Your answer is beside the objection.")
    return redirect(f"{_edit(remark)}#objections")


@require_POST
def mended(request: DeskRequest, comment: int) -> HttpResponse:
    """The editor says that the text was mended."""
    remark = _remark(comment, request.user)
    rounds.mark_mended(remark, by=request.user)
    messages.success(request, "Marked as mended; the reviewer will look at the change.")
    return redirect(f"{_edit(remark)}#objections")


def _edit(remark: Comment) -> str:
    return reverse("edit", args=[remark.article.slug])


@require_POST
def resolve(request: DeskRequest, comment: int) -> HttpResponse:
    """The author of a comment, or the chair, closes it as met."""
    remark = _remark(comment, request.user)
    rounds.resolve(remark, by=request.user)
    messages.success(request, "Closed as met.")
    mine = rounds.active_round(remark.article, request.user)
    return (
        redirect(f"{reverse('review', args=[mine.pk])}?tab=discussion")
        if mine
        else redirect("reviews", remark.article.slug)
    )


@require_POST
def revoke(request: DeskRequest, signoff: int) -> HttpResponse:
    """Take a signature back, with a reason."""
    if not can_read_desk(None, request.user):
        raise Http404
    row = get_object_or_404(SignOff.objects.select_related("article"), pk=signoff)
    article = signing.revoke(row, by=request.user, reason=request.POST.get("reason", ""))
    messages.success(request, "The signature is revoked; what readers are told has changed with it.")
    return redirect("record", article.slug)
