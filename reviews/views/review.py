"""The review page: the article as readers get it, one statement at a time, and the sign panel."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from articles.comparison import comparison
from articles.models import Article, Outcome, Version
from articles.permissions import can_read_desk
from articles.text.signing_questions import MOST
from oracle.accounts.authentication import ask_passkey, proof_of
from oracle.accounts.requests import DeskRequest
from oracle.refusals import NotAllowed, Refusal, Stale

from .. import checking, discussion, reaffirming, rounds, signing
from ..counting import counted
from ..models import Round
from ..passages import Passage
from ..reading import Page, rounds_to_read

TABS = ("statements", "discussion", "checks", "changes")
# The part of the page that a script asks for by itself: one statement's card, with what a verdict changes around it.
CARD = "statement"
# What became of versions that stand or stood.
STOOD = (Outcome.SIGNED, Outcome.REVOKED, Outcome.WITHDRAWN, Outcome.HIDDEN)


def own_round(request: DeskRequest, round_id: int) -> Round:
    """A round of the person's own; 404 for who may not read the desk, refused for other readers of it."""
    if not can_read_desk(None, request.user):
        raise Http404
    row = get_object_or_404(rounds_to_read(), pk=round_id)
    if row.review.reviewer_id != request.user.pk:
        raise NotAllowed("This is another reviewer's round; its verdicts are on the page of the article's reviews.")
    return row


def posted(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """An action of the review page; a visit to its address leads to the page, at the statement that the address names,
    and does nothing.
    """

    @wraps(view)
    def guarded(request: DeskRequest, round_id: int) -> HttpResponse:
        if request.method == "POST":
            return view(request, round_id)
        claim = request.GET.get("claim", "")
        return redirect(_address(round_id, claim) if claim else reverse("review", args=[round_id]))

    return guarded


def page(request: DeskRequest, round_id: int) -> HttpResponse:
    """One's own round: statements, discussion, checks, changes, and at the end the decision."""
    row = own_round(request, round_id)
    if row.ended_at:
        messages.info(request, f"This round has ended: {row.get_end_display()}.")
        return redirect("record", row.article.slug)
    return _show(request, row)


def _show(
    request: DeskRequest, row: Round, *, view: Page | None = None, status: int = 200, **more: Any
) -> HttpResponse:
    wanted = request.GET.get("claim") or request.POST.get("claim", "")
    view = view or Page(row, request.user, wanted=wanted, answers=more.get("answers", {}))
    tab = request.GET.get("tab", "")
    if tab not in TABS:
        fresh = request.method == "GET" and "claim" not in request.GET
        tab = "changes" if fresh and view.second_look else "statements"
    here = reverse("review", args=[row.pk])
    card = _asks_for_card(request)
    context = {
        "page": view,
        "round": row,
        "article": row.article,
        "version": row.version,
        "tab": tab,
        "here": here,
        "talks": True,
        "oob": card,
        # Texts are compared to tell it, so not after every verdict.
        "may_correct": request.method == "GET" and "claim" not in request.GET,
    }
    template = "reviews/judged.html" if card else "reviews/review.html"
    response = render(request, template, context | more, status=status)
    response["HX-Replace-Url"] = _address(row.pk, view.current.claim.id)
    return response


def _asks_for_card(request: DeskRequest) -> bool:
    return request.headers.get("HX-Target") == CARD


def _address(round_id: int, claim: str = "", *, tab: str = "statements") -> str:
    named = {"tab": tab, "claim": claim} if claim else {"tab": tab}
    return f"{reverse('review', args=[round_id])}?{urlencode(named)}"


def _at(row: Round, claim: str = "", *, tab: str = "statements", anchor: str = "panel") -> HttpResponse:
    return redirect(f"{_address(row.pk, claim, tab=tab)}#{anchor}")


@posted
def judge(request: DeskRequest, round_id: int) -> HttpResponse:
    """Save one verdict and go on to the next statement without one; a refused one keeps what was typed."""
    row = own_round(request, round_id)
    claim, verdict, note, quote = (request.POST.get(name, "") for name in ("claim", "verdict", "note", "quote"))
    same = request.POST.get("same", "")
    try:
        if same in ("yes", "no"):
            accepted = request.POST.getlist("accept")
            more: dict[str, Any] = {"same": same == "yes", "accepted": accepted, "note": note, "quote": quote}
            checking.judge_pair(row, claim, by=request.user, **more)
        else:
            checking.judge(row, claim, by=request.user, verdict=verdict, note=note, quote=quote)
    except Refusal as refusal:
        typed: dict[str, Any] = {"refused": refusal.sentence, "note": note, "quote": quote, "pressed": verdict or same}
        return _show(request, row, status=refusal.status, **typed)
    return _go_on(request, row, claim)


def _go_on(request: DeskRequest, row: Round, claim: str) -> HttpResponse:
    view = Page(row, request.user)
    following = view.next_after(claim)
    if _asks_for_card(request):
        return _show(request, row, view=view.at(following or claim))
    return _at(row, following) if following else _at(row, claim, anchor="decision")


@posted
def support_section(request: DeskRequest, round_id: int) -> HttpResponse:
    """Support the rest of the section in which a statement stands."""
    row, claim = own_round(request, round_id), request.POST.get("claim", "")
    try:
        found = checking.claim_of(row, claim)
        checks = checking.support_section(row, found.path, found.wording, by=request.user)
    except Refusal as refusal:
        return _show(request, row, status=refusal.status, refused=refusal.sentence)
    messages.success(request, f"Supported by section: {len(checks)} statement{'s' if len(checks) > 1 else ''}.")
    return _go_on(request, row, claim)


@posted
def comment(request: DeskRequest, round_id: int) -> HttpResponse:
    """Add a comment, on a passage, a statement or the whole; a refused one keeps what was typed."""
    row = own_round(request, round_id)
    body, claim = request.POST.get("body", ""), request.POST.get("claim", "")
    blocking = "blocking" in request.POST
    try:
        passage = _passage(request.POST)
        said = discussion.comment(row, by=request.user, body=body, blocking=blocking, claim_id=claim, passage=passage)
    except Refusal as refusal:
        kept: dict[str, Any] = {"passage": request.POST} if "quote" in request.POST else {"body": body}
        return _show(request, row, status=refusal.status, refused=refusal.sentence, blocking=blocking, **kept)
    messages.success(request, "Your comment is on record.")
    return _at(row, claim) if claim else _at(row, tab="discussion", anchor=f"comment-{said.pk}")


def _passage(given: QueryDict) -> Passage | None:
    """The passage that a comment speaks of, and the words suggested for it; None for a comment without one."""
    if "quote" not in given:
        return None
    replacement = given.get("replacement", "").strip()
    takes_out = "remove" in given
    if takes_out and replacement:
        raise Refusal("Suggest other words or to take the passage out, not both.")
    return Passage(
        words=given.get("quote", ""),
        wording=given.get("wording", ""),
        prefix=given.get("prefix", ""),
        suffix=given.get("suffix", ""),
        replacement=replacement if replacement or takes_out else None,
    )


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
    """Sign, or ask for changes; anything else, both at once too, is refused, and neither is ever the default."""
    row = own_round(request, round_id)
    decision = request.POST.getlist("decision")
    if decision == ["changes"]:
        return _decline(request, row) if row.reaffirms else _send_back(request, row)
    if decision == ["approve"]:
        return _sign(request, row)
    return _show(request, row, status=422, sentence="Choose one of the two sentences first.", **_typed(request))


def _typed(request: DeskRequest) -> dict[str, Any]:
    """What the decision's form brought, to be shown in it again; never a password or a code."""
    return {
        "deciding": True,
        "decision": request.POST.get("decision", ""),
        "reason": request.POST.get("reason", ""),
        "answers": _answers(request),
    }


def _answers(request: DeskRequest) -> dict[str, str]:
    """The answers by question: a page may show other questions than those in force by now."""
    asked = ((f"question-{number}", f"answer-{number}") for number in range(1, MOST + 1))
    return {request.POST[name]: request.POST.get(answer, "") for name, answer in asked if name in request.POST}


@posted
def challenge(request: DeskRequest, round_id: int) -> HttpResponse:
    """What a passkey must answer to sign this round's text, as JSON for the script."""
    row = own_round(request, round_id)
    return ask_passkey(request, request.user, purpose(row, request.POST.get("sha256", "")))


def purpose(row: Round, shown: str) -> str:
    """What a passkey's answer is for: this round, and the text whose SHA-256 was `shown`."""
    return f"sign {row.pk} {shown}"


def _send_back(request: DeskRequest, row: Round) -> HttpResponse:
    try:
        rounds.ask_for_changes(row, by=request.user, reason=request.POST.get("reason", ""))
    except Refusal as refusal:
        return _show(request, row, status=refusal.status, sentence=refusal.sentence, **_typed(request))
    messages.success(request, "Sent back. You will get the next version when the editor has answered.")
    return redirect("to_do")


def _decline(request: DeskRequest, row: Round) -> HttpResponse:
    try:
        reaffirming.decline(row, by=request.user, reason=request.POST.get("reason", ""))
    except Refusal as refusal:
        return _show(request, row, status=refusal.status, sentence=refusal.sentence, **_typed(request))
    messages.success(request, "Noted; the chair is told. The signed version stays as it is.")
    return redirect("to_do")


def _sign(request: DeskRequest, row: Round) -> HttpResponse:
    act: signing.Act = reaffirming.sign_again if row.reaffirms else signing.sign
    shown = request.POST.get("sha256", "")
    proof = proof_of(request, purpose(row, shown))
    more: dict[str, Any] = {"act": act, "answers": _answers(request)}
    article, refusal = signing.try_to_sign(row, by=request.user, shown_sha256=shown, proof=proof, **more)
    if article is None and refusal is not None:
        return _refused(request, row, refusal, shown)
    messages.success(request, _signed(row, article) if article else "")
    return redirect("record", row.article.slug)


def _signed(row: Round, article: Article) -> str:
    if row.reaffirms:
        _, since = counted(row.version_id)
        return "Signed. Another signature is needed before its date moves." if since else "Signed; its date moved."
    done = article.standing_version_id == row.version_id
    return "Signed; it is public now." if done else "Signed. Another signature is needed before it is public."


def _refused(request: DeskRequest, row: Round, refusal: Refusal, shown: str) -> HttpResponse:
    """The page again with the sentence; a stale one with the difference instead. The try is on record."""
    fresh = rounds_to_read().get(pk=row.pk)
    if isinstance(refusal, Stale) or fresh.ended_at:
        seen = Version.objects.filter(article_id=row.article_id, content_sha256=shown).first() or row.version
        changes = comparison(seen.content, _now(fresh).content)
        context = {"article": fresh.article, "sentence": refusal.sentence, "changes": changes, "seen": seen}
        return render(request, "reviews/stale.html", context, status=409)
    return _show(request, fresh, status=refusal.status, sentence=refusal.sentence, **_typed(request))


def _now(row: Round) -> Version:
    """What a stale page is compared with: what stands, where the round was on a version that stood; else the newest."""
    if row.version.outcome in STOOD:
        return row.article.standing_version or row.version
    return row.article.current_version
