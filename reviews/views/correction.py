"""Signing a correction: the whole difference on one screen, one sentence, one signature."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from articles.comparison import comparison
from oracle import clock
from oracle.accounts.authentication import proof_of
from oracle.accounts.factors import enrolled
from oracle.accounts.passkeys import has_any
from oracle.accounts.requests import DeskRequest
from oracle.refusals import Refusal

from .. import signing
from ..correcting import Correction, correct, offered, proposed
from ..models import BoardMember, Round
from .review import own_round, purpose


def correction(request: DeskRequest, round_id: int) -> HttpResponse:
    """The difference between what stands and one's round's version, and the panel that signs it."""
    row = own_round(request, round_id)
    if row.ended_at:
        messages.info(request, f"This round has ended: {row.get_end_display()}.")
        return redirect("record", row.article.slug)
    if request.method == "POST":
        return _sign(request, row)
    found = offered(row)
    if found is None:
        messages.info(request, "This change cannot be signed as a correction; review the whole text.")
        return redirect("review", row.pk)
    return _page(request, row, found)


def _page(
    request: DeskRequest, row: Round, found: Correction, *, refusal: Refusal | None = None, **more: Any
) -> HttpResponse:
    context = {
        "round": row,
        "article": row.article,
        "correction": found,
        "changes": comparison(found.standing.content, found.version.content),
        "member": BoardMember.objects.select_related("user").get(user=request.user),
        "second_factor": enrolled(request.user),
        "passkey": has_any(request.user),
        "outdated": row.review.outdated(clock.today()),
        "refusal": refusal,
        "reasons": found.reasons() if refusal else [],
    }
    return render(request, "reviews/correction.html", context | more, status=refusal.status if refusal else 200)


def _sign(request: DeskRequest, row: Round) -> HttpResponse:
    shown, against = (request.POST.get(name, "") for name in ("sha256", "against"))
    act = partial(correct, against=against)
    proof = proof_of(request, purpose(row, shown))
    article, refusal = signing.try_to_sign(row, by=request.user, shown_sha256=shown, proof=proof, act=act)
    if refusal is None and article is not None:
        messages.success(request, "Signed as a correction; it is public now. The date of the last review stays.")
        return redirect("record", article.slug)
    fresh = own_round(request, row.pk)
    found = proposed(fresh.article) if fresh.ended_at is None else None
    if found and refusal:
        return _page(request, fresh, found, refusal=refusal)
    context = {"article": fresh.article, "sentence": refusal.sentence if refusal else "", "changes": None}
    return render(request, "reviews/stale.html", context, status=refusal.status if refusal else 409)
