"""The record of one article: where it stands, and every step that is done by hand."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from articles import drafts, permissions
from articles.board import SignatureLine, board
from articles.forms import ClassificationForm
from articles.models import Article, Report, Specialty, State, Version
from articles.models.life import by_hand
from articles.standing import standing
from articles.text.content import CONTENT_FIELDS
from oracle import clock
from oracle.accounts.models import User
from oracle.lists import search_words
from oracle.refusals import NotAllowed, Refusal

from .desk import (
    STANDING_WORDS,
    TONES,
    desk_article,
    name_of,
    person,
    readers_after,
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


# How many articles are offered as replacements.
REPLACEMENTS = 10
# The events that set risk and specialties.
CLASSIFIED = ("article.create", "article.import", "article.classify")


def record(request: HttpRequest, slug: str) -> HttpResponse:
    """The record of one article: where it stands, what this person may do, versions, signatures, reports."""
    return _record_page(request, desk_article(request, slug))


def _record_page(
    request: HttpRequest,
    article: Article,
    *,
    sentence: str = "",
    typed: dict[str, str] | None = None,
    classification: ClassificationForm | None = None,
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
        "reports": Report.objects.open().filter(article=article)[:REPORTS],
        "specialties": _main_first(article),
        "classified": article.history.filter(history_event__in=CLASSIFIED).select_related("history_user").first(),
        "classification": classification or _classification_form(article, user),
        "replaced_by": article.replaced_by and name_of(article.replaced_by),
        "replacements": _replacements(article, (typed or {}).get("replacement", "")),
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
    return {
        "verbs": [(verb, readers_after(article, verb.name)) for verb in article.verbs(user)],
        "writes": permissions.can_edit(article, user),
        "may_hide": permissions.can_suspend(article, user) and public,
        "may_reaffirm": permissions.can_suspend(article, user)
        and article.standing_version_id
        and not article.suspension,
        "reviews": permissions.can_review(article, user),
        "may_show": chair and article.suspension,
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
    typed = {"verb": verb, "reason": reason, "replacement": request.POST.get("replacement", "")[:300]}
    typed["chosen"] = request.POST.get("chosen", "")[:120]
    if verb == "withdraw" and "find" in request.POST:
        return _record_page(request, article, typed=typed)
    try:
        article = article.perform(verb, by=person(request), reason=reason, **_evidence(verb, typed))
    except Refusal as refusal:
        fresh = desk_article(request, slug)
        return _record_page(request, fresh, sentence=refusal.sentence, typed=typed, status=refusal.status)
    messages.success(request, f"{step.label}: done. {where_work_stands(article, [])}")
    opens = verb in ("recall", "revise", "reinstate") and permissions.can_edit(article, person(request))
    return redirect("edit" if opens else "record", slug)


def _evidence(verb: str, typed: dict[str, str]) -> dict[str, Any]:
    """Withdrawing may name the article that takes the place: one chosen from those found, or an address."""
    slug = typed["chosen"] or typed["replacement"].strip().rstrip("/").rpartition("/")[2]
    if verb != "withdraw" or not slug:
        return {}
    found = Article.objects.filter(slug=slug).first()
    if found is None:
        raise Refusal(f"There is no article with the address “{slug}” that could replace this one; choose one below.")
    return {"replacement": found}


def _replacements(article: Article, words: str) -> list[Article]:
    """Articles that could take the place of this one, by the words of their question; a few."""
    if not words.strip():
        return []
    rows = Article.objects.ever_public().filter(withdrawal__isnull=True).exclude(pk=article.pk)
    found = rows.asked(search_words(words)).select_related("current_version").order_by("-first_public_on", "-pk")
    return list(found[:REPLACEMENTS])


def _classification_form(article: Article, user: User, *args: Any) -> ClassificationForm | None:
    """Risk and specialties as they are, for those who may change them."""
    if not permissions.can_classify(article, user):
        return None
    main, *others = article.specialties or [""]
    initial = {"main_specialty": main, "specialties": others, "risk": article.risk}
    initial["seen"] = drafts.classification(article)
    words = article.current_version.high_risk_words if article.current_version else ""
    sets = permissions.can_set_specialties(article, user)
    return ClassificationForm(*args, initial=initial, suggested=words, sets_specialties=sets)


def classify(request: HttpRequest, slug: str) -> HttpResponse:
    """Set risk and specialties on the record; the chair lowers a risk here, with a reason."""
    article, user = desk_article(request, slug), person(request)
    if request.method != "POST":
        return redirect("record", slug)
    form = _classification_form(article, user, request.POST)
    if form is None:
        raise NotAllowed("Only an editor or the chair may set risk and specialties, unless the article is withdrawn.")
    if not form.is_valid():
        return _record_page(request, article, classification=form, status=422)
    chosen = {name: form.cleaned_data[name] for name in ("risk", "reason", "seen")}
    try:
        drafts.set_classification(article, by=user, specialties=form.all_specialties(article), **chosen)
    except Refusal as refusal:
        return _not_classified(request, desk_article(request, slug), refusal)
    messages.success(request, "Risk and specialties are set.")
    return redirect("record", slug)


def _not_classified(request: HttpRequest, article: Article, refusal: Refusal) -> HttpResponse:
    """The record as it is now, with the form as it was filled in, which may be sent again."""
    given = request.POST.copy()
    given["seen"] = drafts.classification(article)
    form = _classification_form(article, person(request), given)
    if form is None:
        raise refusal
    form.add_error(None, refusal.sentence)
    return _record_page(request, article, classification=form, status=refusal.status)
