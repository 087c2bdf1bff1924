"""Reaffirming a signed text: what a member sees before they begin, and whom the chair may ask."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.safestring import mark_safe

from articles.models import Article
from articles.text.rendering import render_content
from oracle.accounts.models import User
from oracle.accounts.requests import DeskRequest
from oracle.refusals import NotAllowed, Refusal

from .. import reaffirming
from ..judging import claims_to_judge
from ..models import Review, Round
from ..tasks import size
from .desk import article_of


def reaffirm(request: DeskRequest, slug: str) -> HttpResponse:
    """The signed text and its dates; a reviewer begins here, and the chair asks one of the earlier reviewers."""
    article = article_of(slug, request.user)
    if not request.user.has_role("reviewer", "chair"):
        raise NotAllowed("Only a member of the Medical Advisory Board or the chair may have an article reaffirmed.")
    if request.method != "POST":
        return _page(request, article)
    try:
        if "ask" in request.POST:
            return _ask(request, article)
        return redirect("review", reaffirming.begin(article, by=request.user).pk)
    except Refusal as refusal:
        return _page(request, article_of(slug, request.user), refusal)


def _ask(request: DeskRequest, article: Article) -> HttpResponse:
    key = request.POST["ask"]
    if not (key.isascii() and key.isdigit() and len(key) < 18):
        raise Refusal("Choose the member to ask.")
    reviewer = get_object_or_404(User, pk=int(key))
    reaffirming.ask(article, reviewer, by=request.user)
    messages.success(request, f"{reviewer.name} is asked by mail, and has it on their list now.")
    return redirect("record", article.slug)


def _page(request: DeskRequest, article: Article, refusal: Refusal | None = None) -> HttpResponse:
    person, version = request.user, article.standing_version
    mine = Round.objects.active().reaffirming().filter(article=article, review__reviewer=person).first()
    context: dict[str, Any] = {
        "article": article,
        "version": version or article.current_version,
        "mine": mine,
        "barred": reaffirming.hindrance(article, person) if person.has_role("reviewer") else None,
        "review": Review.objects.filter(article=article, reviewer=person).first(),
        "askable": reaffirming.askable(article) if version and person.has_role("chair") else [],
        "refusal": refusal,
    }
    if version:
        shown = render_content(version.content)["professional"]
        context |= {
            "answer": mark_safe(shown["direct_answer"]),  # noqa: S308 - allow-listed by articles.text.markdown
            # The places that cite them are not on this page.
            "references": [line | {"backlinks": []} for line in shown["references"]],
            "size": size(len(claims_to_judge(version))),
        }
    return render(request, "reviews/reaffirm.html", context, status=refusal.status if refusal else 200)
