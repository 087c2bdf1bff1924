"""The record of one article: where it stands, and every step that is done by hand."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from articles import drafts, permissions
from articles.board import SignatureLine, board
from articles.models import Article, Report, Risk, Specialty, State, Version
from articles.models.life import by_hand
from articles.standing import standing
from articles.text.content import CONTENT_FIELDS
from oracle import clock
from oracle.accounts.models import User
from oracle.refusals import Refusal

from .desk import (
    STANDING_WORDS,
    TONES,
    desk_article,
    name_of,
    person,
    what_became_of,
    what_readers_see,
    where_work_stands,
)

VERSIONS, REPORTS = 50, 20
# Steps that are asked once more: what happens, and who can undo it.
ASKED_ONCE = {
    "abandon": "Its text stays on record, but nobody can write in it any more or take it up again. "
    "The signed version stays as it is. To change that one later, an editor begins a new version (Revise).",
    "discard": "Nothing is deleted and its address stays taken. Only the chair can open it again (Reinstate).",
}


def record(request: HttpRequest, slug: str) -> HttpResponse:
    """The record of one article: where it stands, what this person may do, versions, signatures, reports."""
    return _record_page(request, desk_article(request, slug))


def _record_page(
    request: HttpRequest,
    article: Article,
    *,
    sentence: str = "",
    typed: dict[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    user = person(request)
    label, tone = STANDING_WORDS[standing(article, clock.today())]
    context = {
        "article": article,
        "name": name_of(article),
        "state": State(article.state).label,
        "state_tone": TONES[State(article.state)],
        "standing": label,
        "standing_tone": tone,
        "work": where_work_stands(article, board().holders([article]).get(article.pk, [])),
        "readers": what_readers_see(article),
        **_versions(request, article),
        "signatures": _signatures(article, user),
        "reports": Report.objects.filter(article=article, done_at=None)[:REPORTS],
        "specialties": _main_first(article),
        "sentence": sentence,
        "typed": typed or {},
        **_allowed(article, user),
    }
    return render(request, "desk/record.html", context, status=status)


def _versions(request: HttpRequest, article: Article) -> dict[str, Any]:
    """The newest versions without their texts, or those before the number in the address; and where older ones are."""
    asked = request.GET.get("before", "")
    before = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 10 else None
    rows = article.versions.defer(*CONTENT_FIELDS, "claims").order_by("-number")
    found = list((rows.filter(number__lt=before) if before else rows)[: VERSIONS + 1])
    beside = zip(found[:VERSIONS], [*found[1:], None], strict=False)
    older = f"?before={found[VERSIONS - 1].number}#versions" if len(found) > VERSIONS else ""
    newest = f"{request.path}#versions" if before else ""
    return {"versions": [_line(article, *pair) for pair in beside], "older_url": older, "newer_url": newest}


def _line(article: Article, row: Version, before: Version | None) -> dict[str, Any]:
    """A version in the record's list, and the one it can be compared with."""
    return {"row": row, "before": before, "became": what_became_of(article, row)}


def _main_first(article: Article) -> list[Specialty]:
    """The article's specialties in its own order."""
    found = {row.slug: row for row in Specialty.objects.filter(slug__in=article.specialties)}
    return [found[slug] for slug in article.specialties if slug in found]


def _allowed(article: Article, user: User) -> dict[str, Any]:
    """What this person may do on the record now."""
    chair = permissions.can_chair(article, user)
    public = article.first_public_on and not article.suspension
    lowers = chair and article.risk == Risk.HIGH and article.state != State.WITHDRAWN
    return {
        "verbs": article.verbs(user),
        "writes": permissions.can_edit(article, user),
        "may_hide": permissions.can_suspend(article, user) and public,
        "may_show": chair and article.suspension,
        "may_lower": lowers,
    }


def _signatures(article: Article, user: User) -> list[dict[str, Any]]:
    chair = permissions.can_chair(article, user)

    def may_revoke(row: SignatureLine) -> bool:
        return not row.revoked and (chair or row.signer_id == user.pk)

    return [{"row": row, "may_revoke": may_revoke(row)} for row in board().signatures(article)]


@require_POST
def do(request: HttpRequest, slug: str, verb: str) -> HttpResponse:
    """One verb of the state machine; what it needs and whether it is allowed, `perform` decides."""
    article = desk_article(request, slug)
    step = by_hand(verb)
    if verb == "submit":
        return redirect("submit", slug)
    if verb in ASKED_ONCE and "sure" not in request.POST and not article.refusal_of(verb, person(request)):
        context = {"article": article, "name": name_of(article), "step": step, "what": ASKED_ONCE[verb]}
        return render(request, "desk/sure.html", context)
    reason = request.POST.get("reason", "")[:5000]
    typed = {"verb": verb, "reason": reason, "replacement": request.POST.get("replacement", "")}
    try:
        article = article.perform(verb, by=person(request), reason=reason, **_evidence(verb, typed["replacement"]))
    except Refusal as refusal:
        fresh = desk_article(request, slug)
        return _record_page(request, fresh, sentence=refusal.sentence, typed=typed, status=refusal.status)
    messages.success(request, f"{step.label}: done. {where_work_stands(article, [])}")
    opens = verb in ("recall", "revise", "reinstate") and permissions.can_edit(article, person(request))
    return redirect("edit" if opens else "record", slug)


def _evidence(verb: str, replacement: str) -> dict[str, Any]:
    """Withdrawing may name the article that takes the place, by its address."""
    slug = replacement.strip().rstrip("/").rpartition("/")[2]
    if verb != "withdraw" or not slug:
        return {}
    found = Article.objects.filter(slug=slug).first()
    if found is None:
        raise Refusal(f"There is no article with the address “{slug}” that could replace this one.")
    return {"replacement": found}


def classify(request: HttpRequest, slug: str) -> HttpResponse:
    """The chair lowers a risk; editors set risk and specialties where they submit."""
    article = desk_article(request, slug)
    if request.method != "POST":
        return redirect("record", slug)
    risk = request.POST.get("risk", "")
    if risk not in Risk.values:
        raise Refusal("Choose standard or high risk.")
    drafts.set_classification(article, specialties=article.specialties, risk=risk, by=person(request))
    messages.success(request, f"This article is now of {Risk(risk).label}.")
    return redirect("record", slug)
