"""The discussion of a text on the desk: answers to objections, suggestions applied, replies, and closing."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from articles.permissions import can_read_desk
from oracle.accounts.models import User
from oracle.accounts.requests import DeskRequest
from oracle.refusals import NotAllowed, Refusal

from .. import discussion, rounds, suggestions
from ..blindness import is_blind, shown_remarks
from ..models import Comment
from ..threads import Thread


def _remark(number: int, person: User) -> Comment:
    if not can_read_desk(None, person):
        raise Http404
    related = ("article__current_version", "version", "round", "by")
    remark = get_object_or_404(Comment.objects.select_related(*related), pk=number)
    if is_blind(remark.article, person) and not shown_remarks([remark.reply_to or remark], person):
        raise Http404
    return remark


@require_POST
def answer(request: DeskRequest, comment: int) -> HttpResponse:
    """The editor answers an objection."""
    remark = _remark(comment, request.user)
    discussion.answer(remark, by=request.user, text=request.POST.get("answer", ""))
    messages.success(request, "Your answer is beside the objection.")
    return redirect(_beside(remark))


@require_POST
def mended(request: DeskRequest, comment: int) -> HttpResponse:
    """The editor says that the text was mended."""
    remark = _remark(comment, request.user)
    discussion.mark_mended(remark, by=request.user)
    messages.success(request, "Marked as mended; the reviewer will look at the change.")
    return redirect(_beside(remark))


@require_POST
def apply(request: DeskRequest, comment: int) -> HttpResponse:
    """The editor puts suggested words into the text; refused, the page shows both texts to do it by hand."""
    remark = _remark(comment, request.user)
    try:
        suggestions.apply(remark, by=request.user, base=request.POST.get("base", ""))
    except NotAllowed:
        raise
    except Refusal as refusal:
        return _by_hand(request, remark, refusal)
    messages.success(request, "The suggested words are in the text, and the comment is answered.")
    return redirect(_beside(remark))


def _by_hand(request: DeskRequest, remark: Comment, refusal: Refusal) -> HttpResponse:
    context = {
        "article": remark.article,
        "thread": Thread(remark, []),
        "sentence": refusal.sentence,
        "back": _beside(remark),
    }
    return render(request, "reviews/by_hand.html", context, status=refusal.status)


@require_POST
def reply(request: DeskRequest, comment: int) -> HttpResponse:
    """Anybody at work on the article replies to a comment."""
    remark = _remark(comment, request.user)
    said = discussion.reply(remark, by=request.user, body=request.POST.get("reply", ""))
    messages.success(request, "Your reply is on record.")
    return redirect(_place_of(remark, said.reply_to_id, request.user))


def _beside(remark: Comment) -> str:
    """Where the editor meets a comment beside the text."""
    return f"{reverse('edit', args=[remark.article.slug])}#objection-{remark.pk}"


def _place_of(remark: Comment, thread: int | None, person: User) -> str:
    """Where a person reads a comment: in their round, beside the text that they write, or on the page of reviews."""
    mine = rounds.active_round(remark.article, person)
    if mine:
        return f"{reverse('review', args=[mine.pk])}?tab=discussion#comment-{thread}"
    if person.has_role("editor") and not remark.article.current_version.frozen:
        return f"{reverse('edit', args=[remark.article.slug])}#objection-{thread}"
    return f"{reverse('reviews', args=[remark.article.slug])}#comment-{thread}"


@require_POST
def resolve(request: DeskRequest, comment: int) -> HttpResponse:
    """The author of a comment, or the chair, closes it as met; after their last blocking one, a reviewer goes on."""
    remark = _remark(comment, request.user)
    discussion.resolve(remark, by=request.user)
    messages.success(request, "Closed as met.")
    mine = rounds.active_round(remark.article, request.user)
    if mine is None:
        return redirect("reviews", remark.article.slug)
    left = remark.article.comments.open_blocking().filter(by=request.user).exists()
    return redirect(f"{reverse('review', args=[mine.pk])}?tab={'discussion' if left else 'statements'}")
