"""The discussion of a text on the desk: answers to objections, and closing them."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from articles.permissions import can_read_desk
from oracle.accounts.models import User
from oracle.accounts.requests import DeskRequest

from .. import discussion, rounds
from ..models import Comment


def _remark(number: int, person: User) -> Comment:
    if not can_read_desk(None, person):
        raise Http404
    return get_object_or_404(Comment.objects.select_related("article", "version", "round"), pk=number)


@require_POST
def answer(request: DeskRequest, comment: int) -> HttpResponse:
    """The editor answers an objection."""
    remark = _remark(comment, request.user)
    discussion.answer(remark, by=request.user, text=request.POST.get("answer", ""))
    messages.success(request, "Your answer is beside the objection.")
    return redirect(f"{_edit(remark)}#objections")


@require_POST
def mended(request: DeskRequest, comment: int) -> HttpResponse:
    """The editor says that the text was mended."""
    remark = _remark(comment, request.user)
    discussion.mark_mended(remark, by=request.user)
    messages.success(request, "Marked as mended; the reviewer will look at the change.")
    return redirect(f"{_edit(remark)}#objections")


def _edit(remark: Comment) -> str:
    return reverse("edit", args=[remark.article.slug])


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
