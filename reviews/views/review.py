"""The review page: the article as readers get it, one statement at a time, and the sign panel."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from articles.comparison import comparison
from articles.models import Article, Version
from articles.permissions import can_read_desk
from oracle.accounts.requests import DeskRequest
from oracle.refusals import NotAllowed, Refusal, Stale

from .. import checking, discussion, reaffirming, rounds, signing
from ..models import Round
from ..reading import Page

RELATED = ("article__current_version", "article__standing_version", "version__article", "review__reviewer")
TABS = ("statements", "discussion", "checks", "changes")


def own_round(request: DeskRequest, round_id: int) -> Round:
    """A round of the person's own; 404 for who may not read the desk, refused for other readers of it."""
    if not can_read_desk(None, request.user):
        raise Http404
    row = get_object_or_404(Round.objects.select_related(*RELATED), pk=round_id)
    if row.review.reviewer_id != request.user.pk:
        raise NotAllowed("This is another reviewer's round; its verdicts are on the page of the article's reviews.")
    return row


def posted(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """An action of the review page; a visit to its address leads to the page and does nothing."""

    @wraps(view)
    def guarded(request: DeskRequest, round_id: int) -> HttpResponse:
        return view(request, round_id) if request.method == "POST" else redirect("review", round_id)

    return guarded


def page(request: DeskRequest, round_id: int) -> HttpResponse:
    """One's own round: statements, discussion, checks, changes, and at the end the decision."""
    row = own_round(request, round_id)
    if row.ended_at:
        messages.info(request, f"This round has ended: {row.get_end_display()}.")
        return redirect("record", row.article.slug)
    return _show(request, row)


def _show(request: DeskRequest, row: Round, *, status: int = 200, **more: Any) -> HttpResponse:
    view = Page(row, request.user, wanted=request.GET.get("claim") or request.POST.get("claim", ""))
    tab = request.GET.get("tab", "")
    if tab not in TABS:
        fresh = request.method == "GET" and "claim" not in request.GET
        tab = "changes" if fresh and view.second_look else "statements"
    here = reverse("review", args=[row.pk])
    context = {"page": view, "round": row, "article": row.article, "version": row.version, "tab": tab, "here": here}
    # Texts are compared to tell it, so not after every verdict.
    context["may_correct"] = request.method == "GET" and "claim" not in request.GET
    return render(request, "reviews/review.html", context | more, status=status)


def _at(row: Round, claim: str = "", *, tab: str = "statements", anchor: str = "panel") -> HttpResponse:
    address = f"{reverse('review', args=[row.pk])}?tab={tab}" + (f"&claim={claim}" if claim else "")
    return redirect(f"{address}#{anchor}")


@posted
def judge(request: DeskRequest, round_id: int) -> HttpResponse:
    """Save one verdict and go on to the next statement without one; a refused one keeps what was typed."""
    row = own_round(request, round_id)
    claim, verdict, note = (request.POST.get(name, "") for name in ("claim", "verdict", "note"))
    try:
        checking.judge(row, claim, by=request.user, verdict=verdict, note=note)
    except Refusal as refusal:
        return _show(request, row, status=refusal.status, sentence=refusal.sentence, note=note, pressed=verdict)
    following = Page(row, request.user).next_after(claim)
    return _at(row, following) if following else _at(row, claim, anchor="decision")


@posted
def comment(request: DeskRequest, round_id: int) -> HttpResponse:
    """Add a comment, on a statement or on the whole, blocking or not."""
    row = own_round(request, round_id)
    body, claim = request.POST.get("body", ""), request.POST.get("claim", "")
    try:
        discussion.comment(row, by=request.user, body=body, blocking="blocking" in request.POST, claim_id=claim)
    except Refusal as refusal:
        return _show(request, row, status=refusal.status, sentence=refusal.sentence, body=body)
    messages.success(request, "Your comment is on record.")
    return _at(row, claim) if claim else _at(row, tab="discussion", anchor="discussion")


@posted
def add_claim(request: DeskRequest, round_id: int) -> HttpResponse:
    """Have one more sentence of the text judged."""
    row = own_round(request, round_id)
    added = checking.add_claim(row, by=request.user, sentence=request.POST.get("sentence", ""))
    messages.success(request, "The sentence is on the list of statements.")
    return _at(row, added.claim)


@posted
def give_back(request: DeskRequest, round_id: int) -> HttpResponse:
    """End one's round without a decision."""
    row = own_round(request, round_id)
    rounds.give_back(row, by=request.user, note=request.POST.get("note", ""))
    messages.success(request, "Given back. What you noted stays on record.")
    return redirect("to_do")


@posted
def decide(request: DeskRequest, round_id: int) -> HttpResponse:
    """Sign, or ask for changes; anything else is refused, and neither is ever the default."""
    row = own_round(request, round_id)
    decision = request.POST.get("decision", "")
    if decision == "changes":
        return _decline(request, row) if row.reaffirms else _send_back(request, row)
    if decision == "approve":
        return _sign(request, row)
    return _show(request, row, status=422, sentence="Choose one of the two sentences first.", deciding=True)


def _send_back(request: DeskRequest, row: Round) -> HttpResponse:
    reason = request.POST.get("reason", "")
    try:
        rounds.ask_for_changes(row, by=request.user, reason=reason)
    except Refusal as refusal:
        more = {"sentence": refusal.sentence, "reason": reason, "decision": "changes", "deciding": True}
        return _show(request, row, status=refusal.status, **more)
    messages.success(request, "Sent back. You will get the next version when the editor has answered.")
    return redirect("to_do")


def _decline(request: DeskRequest, row: Round) -> HttpResponse:
    reason = request.POST.get("reason", "")
    try:
        reaffirming.decline(row, by=request.user, reason=reason)
    except Refusal as refusal:
        more = {"sentence": refusal.sentence, "reason": reason, "decision": "changes", "deciding": True}
        return _show(request, row, status=refusal.status, **more)
    messages.success(request, "Noted; the chair is told. The signed version stays as it is.")
    return redirect("to_do")


def _sign(request: DeskRequest, row: Round) -> HttpResponse:
    shown, password = request.POST.get("sha256", ""), request.POST.get("password", "")
    act = reaffirming.sign_again if row.reaffirms else signing.sign
    article, refusal = signing.try_to_sign(row, by=request.user, shown_sha256=shown, password=password, act=act)
    if article is None and refusal is not None:
        return _refused(request, row, refusal, shown)
    messages.success(request, _signed(row, article) if article else "")
    return redirect("record", row.article.slug)


def _signed(row: Round, article: Article) -> str:
    if row.reaffirms:
        moved = article.signed_on != row.article.signed_on
        return "Signed; its date moved." if moved else "Signed. Another signature is needed before its date moves."
    done = article.standing_version_id == row.version_id
    return "Signed; it is public now." if done else "Signed. Another signature is needed before it is public."


def _refused(request: DeskRequest, row: Round, refusal: Refusal, shown: str) -> HttpResponse:
    """The page again with the sentence; a stale one with the difference instead. The try is on record."""
    fresh = Round.objects.select_related(*RELATED).get(pk=row.pk)
    if isinstance(refusal, Stale) or fresh.ended_at:
        seen = Version.objects.filter(article_id=row.article_id, content_sha256=shown).first() or row.version
        changes = comparison(seen.content, fresh.article.current_version.content)
        context = {"article": fresh.article, "sentence": refusal.sentence, "changes": changes, "seen": seen}
        return render(request, "reviews/stale.html", context, status=409)
    more = {"sentence": refusal.sentence, "decision": "approve", "deciding": True}
    return _show(request, fresh, status=refusal.status, **more)
