"""Interests: what a reviewer declares, and what the chair decides on it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from oracle.accounts.requests import DeskRequest
from oracle.refusals import NotAllowed, Refusal

from .. import interests, rounds
from ..models import Conflict, Review
from .desk import article_of
from .review import own_round, posted

# The chair's two answers to a declared interest, and what is said then.
DECIDED = {
    "clear": (interests.clear, "{name} may now review this article; readers see your reason."),
    "bar": (interests.keep_barred, "{name} cannot review this article, and sees your reason."),
}


@require_POST
def declare(request: DeskRequest, slug: str) -> HttpResponse:
    """Declare an interest; it bars until the chair clears it."""
    article = article_of(slug, request.user)
    interests.declare(article, by=request.user, conflict=Conflict.DECLARED, text=request.POST.get("text", ""))
    messages.success(request, "Your interest is on record. The chair decides whether you may review this article.")
    return redirect("to_do")


@posted
def confirm(request: DeskRequest, round_id: int) -> HttpResponse:
    """Say in one's own round that nothing has changed, and go on to the panel that signs."""
    row = own_round(request, round_id)
    rounds.confirm_interests(row, by=request.user)
    messages.success(request, "What you said about interests holds again.")
    page = "correction" if "correction" in request.POST else "review"
    return redirect(f"{reverse(page, args=[row.pk])}#decision")


def clear_conflict(request: DeskRequest, slug: str, review: int) -> HttpResponse:
    """The chair decides on a declared interest: cleared, with a reason that readers see, or it stays barred."""
    article = article_of(slug, request.user)
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
