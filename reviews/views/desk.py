"""Taking an article, the page of its reviews, revocations."""

from collections.abc import Iterable

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_POST

from articles.models import Article
from articles.models.article import WITH_THE_BOARD
from articles.permissions import can_read_desk
from articles.text.content import CONTENT_FIELDS
from articles.text.rendering import render_content
from oracle.accounts.models import User
from oracle.accounts.requests import DeskRequest
from oracle.refusals import NotAllowed, Refusal

from .. import departed, rounds, signing
from ..blindness import is_blind, shown_remarks
from ..discussion import may_reply
from ..judging import claims_to_judge
from ..models import Answer, Because, BoardMember, Comment, Conflict, Review, Round, SignOff
from ..permissions import bar, bar_or_shortfall, member_of
from ..tasks import size
from ..threads import threads

NEWEST = 50  # rounds, and comments, that the page of an article's reviews shows


def article_of(slug: str, person: User) -> Article:
    """The article at an address of the desk, for whoever may read there; 404 for others."""
    if not can_read_desk(None, person):
        raise Http404
    return get_object_or_404(Article.objects.select_related("current_version"), slug=slug)


def take(request: DeskRequest, slug: str) -> HttpResponse:
    """What a reviewer sees before taking an article, invited or not; a POST says *no conflict* and begins."""
    article = article_of(slug, request.user)
    if not request.user.has_role("reviewer"):
        raise NotAllowed("Only a member of the Medical Advisory Board may take an article.")
    if request.method == "POST":
        row = rounds.take(article, by=request.user)
        return redirect("review", row.pk)
    return take_page(request, article)


def _replaced(article: Article, review: Review | None) -> str | None:
    replaced = review and rounds.was_replaced(review, list(review.rounds.all()), article)
    return rounds.REPLACED if replaced else None


def take_page(request: DeskRequest, article: Article, *, refusal: Refusal | None = None, **typed: str) -> HttpResponse:
    """The page before taking; after a refused answer to an invitation with what was `typed`."""
    version, person = article.current_version, request.user
    with_board = article.state in WITH_THE_BOARD
    review = Review.objects.filter(article=article, reviewer=person).select_related("invited_by").first()
    if with_board:
        barred = bar_or_shortfall(article, person, review) or _replaced(article, review)
    else:
        barred = bar(article, person, member_of(person), review)
    shown = render_content(version.content)["professional"]
    context = {
        "article": article,
        "version": version,
        "with_board": with_board,
        "barred": barred,
        "answer": mark_safe(shown["direct_answer"]),  # noqa: S308 - allow-listed by articles.text.markdown
        # The places that cite them are not on this page.
        "references": [line | {"backlinks": []} for line in shown["references"]],
        "size": size(len(claims_to_judge(version))),
        "review": review,
        "invited": bool(review and review.waiting and with_board),
        "reasons": Because.choices,
        "notes": rounds.notes_given_back(article),
        "sentence": refusal.sentence if refusal else "",
    }
    return render(request, "reviews/take.html", context | typed, status=refusal.status if refusal else 200)


def since(request: DeskRequest, slug: str) -> HttpResponse:
    """What changed from the version that the person last reviewed to the current one."""
    article = article_of(slug, request.user)
    mine = Round.objects.filter(article=article, review__reviewer=request.user).exclude(version=article.current_version)
    row = mine.select_related("version").order_by("-pk").first()
    if row is None:
        messages.info(request, "You have reviewed no earlier version of this article.")
        return redirect("record", slug)
    return redirect("compare", slug, row.version.number, article.current_version.number)


def reviews(request: DeskRequest, slug: str) -> HttpResponse:
    """The newest rounds with their verdicts, and the newest comments; author and chair close what is open."""
    return _reviews_page(request, article_of(slug, request.user))


def _reviews_page(
    request: DeskRequest, article: Article, *, refusal: Refusal | None = None, chosen: Iterable[int] = ()
) -> HttpResponse:
    texts = [f"version__{name}" for name in (*CONTENT_FIELDS, "claims")]
    newest = Comment.objects.with_people().filter(article=article).threads().defer(*texts).order_by("-pk")[:NEWEST]
    replies = Comment.objects.with_people().filter(reply_to__in=[row.pk for row in newest]).defer(*texts)
    every = Round.objects.filter(article=article).select_related("review__reviewer", "version").defer(*texts)
    blind = is_blind(article, request.user)
    context = {
        "article": article,
        "version": article.current_version,
        "blind": blind,
        "left_behind": [] if blind else departed.left_behind(article),
        "sentence": refusal.sentence if refusal else "",
        "chosen": chosen,
        "reason": request.POST.get("reason", ""),
        "invitations": _invitations(article),
        "outside": BoardMember.objects.filter(outside_for=article).select_related("user").order_by("pk"),
        "interests": Review.objects.filter(article=article, conflict=Conflict.DECLARED).select_related("reviewer"),
        "rounds": every.prefetch_related("checks__set_aside__by").order_by("-pk")[:NEWEST],
        "threads": threads(shown_remarks([*newest, *replies], request.user) if blind else [*newest, *replies]),
        "talks": may_reply(article.pk, request.user),
        "newest": NEWEST,
        "chairs": request.user.has_role("chair"),
    }
    return render(request, "reviews/reviews.html", context, status=refusal.status if refusal else 200)


def _invitations(article: Article) -> QuerySet[Review]:
    """The newest invitation of each person, but for those that were accepted: these are rounds."""
    asked = Review.objects.filter(article=article, invited_at__isnull=False).exclude(answer=Answer.ACCEPTED)
    return asked.select_related("reviewer", "invited_by").order_by("-invited_at", "-pk")


def set_aside(request: DeskRequest, slug: str) -> HttpResponse:
    """The chair sets verdicts of reviewers who left aside, several with one reason."""
    article = article_of(slug, request.user)
    if request.method != "POST":
        return redirect("reviews", slug)
    if not request.user.has_role("chair"):
        raise NotAllowed("Only the chair may set a verdict aside.")
    chosen = [int(key) for key in request.POST.getlist("check") if key.isascii() and key.isdigit() and len(key) < 18]
    try:
        departed.set_aside(article, chosen, by=request.user, reason=request.POST.get("reason", ""))
    except Refusal as refusal:
        return _reviews_page(request, article_of(slug, request.user), refusal=refusal, chosen=chosen)
    messages.success(request, "Set aside. These verdicts stop the approval no longer; they stay on record.")
    return redirect("reviews", slug)


@require_POST
def revoke(request: DeskRequest, signoff: int) -> HttpResponse:
    """Take a signature back, with a reason."""
    if not can_read_desk(None, request.user):
        raise Http404
    row = get_object_or_404(SignOff.objects.select_related("article"), pk=signoff)
    article = signing.revoke(row, by=request.user, reason=request.POST.get("reason", ""))
    messages.success(request, "The signature is revoked; what readers are told has changed with it.")
    return redirect("record", article.slug)
