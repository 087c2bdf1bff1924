"""The list of articles, the record of one, its versions, and what readers reported."""

from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from articles import drafts, permissions
from articles.board import SignatureLine, board
from articles.forms import ReasonForm, search_words
from articles.models import Article, ArticleQuerySet, Outcome, Report, Risk, Specialty, State, Version
from articles.models.life import by_hand
from articles.models.suspension import lift, suspend
from articles.standing import standing
from articles.text.rendering import render_content
from oracle import clock
from oracle.accounts.models import User
from oracle.refusals import NotAllowed, Refusal

from articles.comparison import comparison
from .desk import (
    STANDING_WORDS,
    TONES,
    desk_article,
    desk_reader,
    name_of,
    person,
    what_readers_see,
    where_work_stands,
)

PAGE = 50
WHERE = {
    "": "anywhere",
    "writing": "being written",
    "board": "with the board",
    "approved": "signed and in date",
    "overdue": "overdue",
    "hidden": "hidden for safety",
    "withdrawn": "withdrawn",
}


def _standing_at(where: str) -> ArticleQuerySet:
    rows, today = Article.objects.all(), clock.today()
    words = {
        "writing": rows.open_for_writing,
        "board": rows.with_the_board,
        "approved": lambda: rows.approved(today),
        "overdue": lambda: rows.overdue(today),
        "hidden": rows.suspended,
        "withdrawn": rows.withdrawn,
    }
    return words[where]() if where in words else rows


def _page_number(request: HttpRequest) -> int:
    given = request.GET.get("page", "1")
    return max(1, int(given)) if given.isascii() and given.isdigit() and len(given) < 6 else 1


def _pages(request: HttpRequest, found: list[Any], page: int) -> dict[str, Any]:
    """The rows of this page, and the addresses of those beside it."""
    query = request.GET.copy()

    def at(number: int) -> str:
        query["page"] = str(number)
        return f"?{query.urlencode()}"

    newer, older = at(page - 1) if page > 1 else "", at(page + 1) if len(found) > PAGE else ""
    return {"newer_url": newer, "older_url": older}


def articles(request: HttpRequest) -> HttpResponse:
    """Every article, newest first, by where it stands and by words of its question or address."""
    desk_reader(request)
    where = request.GET.get("where", "")
    words = search_words(request.GET.get("q", ""))
    found = _standing_at(where).select_related("current_version", "standing_version").order_by("-pk")
    if words:
        found = found.filter(Q(slug__icontains=words) | Q(current_version__question__icontains=words))
    page = _page_number(request)
    rows = list(found[(page - 1) * PAGE : page * PAGE + 1])
    holders = board().holders(rows[:PAGE])
    context = {
        "rows": [_row(article, holders.get(article.pk, [])) for article in rows[:PAGE]],
        "where": where,
        "choices": WHERE,
        "q": words,
        "writes": permissions.can_edit(None, person(request)),
    }
    return render(request, "desk/articles.html", context | _pages(request, rows, page))


def _row(article: Article, holders: list[str]) -> dict[str, Any]:
    number = article.current_version.number if article.current_version else 1
    label, _ = STANDING_WORDS[standing(article, clock.today())]
    facts = [f"version {number}", f"readers: {label}" if article.first_public_on else "never public", *holders]
    return {
        "article": article,
        "name": name_of(article),
        "facts": facts + ([Risk(article.risk).label] if article.risk else []),
        "state": State(article.state).label,
        "tone": TONES[State(article.state)],
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
    versions = list(article.versions.order_by("-number"))
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
        "versions": [_line(row, before) for row, before in zip(versions, [*versions[1:], None], strict=True)],
        "signatures": _signatures(article, user),
        "reports": Report.objects.filter(article=article, done_at=None),
        "specialties": Specialty.objects.filter(slug__in=article.specialties),
        "sentence": sentence,
        "typed": typed or {},
        **_allowed(article, user),
    }
    return render(request, "desk/record.html", context, status=status)


def _line(row: Version, before: Version | None) -> dict[str, Any]:
    """A version in the record's list, and the one it can be compared with."""
    open_or_sent = "with the board" if row.frozen else "being written"
    became = Outcome(row.outcome).label if row.outcome else open_or_sent
    return {"row": row, "before": before, "became": became}


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


def hide(request: HttpRequest, slug: str) -> HttpResponse:
    """*Hide this text now*: a reason and one button."""
    return _hiding(request, slug, "hide")


def show(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a hidden text again, with a reason."""
    return _hiding(request, slug, "show")


def _hiding(request: HttpRequest, slug: str, way: str) -> HttpResponse:
    article = desk_article(request, slug)
    allowed = permissions.can_suspend if way == "hide" else permissions.can_chair
    if not allowed(article, person(request)):
        who = (
            "a board member or the chair may hide a text" if way == "hide" else "the chair may show a hidden text again"
        )
        raise NotAllowed(f"Only {who}.")
    form = ReasonForm(request.POST or None)
    context = {"article": article, "name": name_of(article), "form": form, "way": way}
    context["readers"] = what_readers_see(article)
    if request.method != "POST" or not form.is_valid():
        return render(request, "desk/hide.html", context, status=422 if request.method == "POST" else 200)
    act = suspend if way == "hide" else lift
    try:
        act(article, by=person(request), reason=form.cleaned_data["reason"])
    except Refusal as refusal:
        return render(request, "desk/hide.html", context | {"sentence": refusal.sentence}, status=refusal.status)
    messages.success(request, "The text is hidden." if way == "hide" else "The text is shown again.")
    return redirect("record", slug)


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


def _numbered(article: Article, number: int) -> Version:
    return get_object_or_404(article.versions.select_related("article"), number=number)


def compare(request: HttpRequest, slug: str, old: int, new: int) -> HttpResponse:
    """Two versions of an article: wordings, references and changed quantities apart."""
    article = desk_article(request, slug)
    before, after = _numbered(article, old), _numbered(article, new)
    context = {"article": article, "name": name_of(article), "before": before, "after": after}
    return render(request, "desk/compare.html", context | comparison(before.content, after.content))


def version(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Any version in full, as readers of the desk may see it whatever became of it."""
    article = desk_article(request, slug)
    shown = _numbered(article, number)
    kept = shown.renderings.first()
    audiences = kept.parts if kept else render_content(shown.content)
    audience = request.GET.get("for", "professional")
    if audience not in audiences:
        raise Http404
    context = {
        "article": article,
        "name": name_of(article),
        "version": shown,
        "parts": audiences[audience],
        "audience": audience,
        "audiences": list(audiences),
    }
    return render(request, "desk/version.html", context)


def reports(request: HttpRequest) -> HttpResponse:
    """What readers reported, what could harm first; an editor marks a report as done."""
    user = desk_reader(request)
    if request.method == "POST":
        return _done(request, user)
    done = request.GET.get("done") == "1"
    rows = Report.objects.filter(done_at__isnull=not done).select_related("article", "article__current_version")
    page = _page_number(request)
    found = list((rows.order_by("-done_at", "id") if done else rows)[(page - 1) * PAGE : page * PAGE + 1])
    context = {"rows": found[:PAGE], "done": done, "may_close": permissions.can_edit(None, user)}
    return render(request, "desk/reports.html", context | _pages(request, found, page))


def _done(request: HttpRequest, user: User) -> HttpResponse:
    if not permissions.can_edit(None, user):
        raise NotAllowed("Only an editor may close a report.")
    given = request.POST.get("report", "")
    if not (given.isascii() and given.isdigit() and len(given) < 18):
        raise Http404
    report = get_object_or_404(Report, pk=int(given))
    if report.done_at is None:
        report.done_at = clock.now()
        report.save()
    messages.success(request, f"Report {report.pk} is done.")
    return redirect("reports")
