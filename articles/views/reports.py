"""What readers reported: the list, and one report with its triage, the work it began and its outcome."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from articles import permissions
from articles.models import Outcome, Report, Result
from articles.models.report import Severity
from articles.report_forms import OutcomeForm, TriageForm
from oracle.csv_file import csv_file
from oracle.lists import Choice, Filter, Key, Listing, Sort
from oracle.refusals import NotAllowed, Refusal

from .desk import desk_reader, name_of, person, what_readers_see

NEWEST = Sort("newest", "newest first", (Key("id", descending=True),))
OPEN = (Sort("", "what could harm first", (Key("urgent", bool, descending=True), Key("id"))), NEWEST)
DONE = (Sort("", "done last", (Key("done_at", datetime, descending=True), Key("id", descending=True))), NEWEST)
HEAD = ("Number", "Received", "Article", "Could harm", "Triage", "Outcome", "Done on", "Note", "Text")


@require_safe
def reports(request: HttpRequest) -> HttpResponseBase:
    """The open reports, what could harm first, or those that are done."""
    desk_reader(request)
    done = request.GET.get("done") == "1"
    listing = _listing(done)
    if request.GET.get("format") == "csv":
        return csv_file("reports", HEAD, _lines(listing.batches(request.GET)))
    page = listing.page(request.GET)
    return render(request, "desk/reports.html", {"list": page, "rows": page.rows, "done": done})


def _listing(done: bool) -> Listing:
    rows = Report.objects.done() if done else Report.objects.open()
    return Listing(
        rows=rows.with_work().select_related("article__current_version", "started"),
        sorts=DONE if done else OPEN,
        filters=(_triage(),),
        search=lambda rows, words: rows.filter(text__icontains=words),
        search_label="Words in the report",
        kept=("done",),
    )


def _triage() -> Filter:
    none = Choice("none", "no triage yet", lambda rows: rows.filter(severity=""))
    return Filter("triage", "Triage", "any", [none, *(_judged(severity) for severity in Severity)])


def _judged(severity: Severity) -> Choice:
    return Choice(severity.value, severity.label, lambda rows: rows.filter(severity=severity))


def _lines(batches: Iterator[list[Report]]) -> Iterator[Sequence[Any]]:
    for batch in batches:
        yield from (_line(row) for row in batch)


def _line(row: Report) -> Sequence[Any]:
    harm = "yes" if row.urgent else "no"
    article = row.article.slug if row.article else row.page
    said = (row.get_severity_display(), row.get_outcome_display(), row.done_at, row.outcome_note)
    return (row.pk, row.at, article, harm, *said, row.text)


def report(request: HttpRequest, number: int) -> HttpResponse:
    """One report: what the reader wrote, what it is about, what was done, what came of it."""
    return _page(request, _report(request, number))


def _report(request: HttpRequest, number: int) -> Any:
    """A report for a reader of the desk."""
    desk_reader(request)
    people = ("triaged_by", "done_by", "erased_by")
    rows = Report.objects.with_work().select_related(
        "article__current_version", "article__standing_version", "started", *people
    )
    return get_object_or_404(rows, pk=number)


def _page(
    request: HttpRequest, row: Any, *, status: int = 200, sentence: str = "", **forms: TriageForm | OutcomeForm
) -> HttpResponse:
    proposed = row.outcome or (Result.CORRECTED if row.became == Outcome.SIGNED else "")
    outcome = {"seen": row.stamp, "outcome": proposed, "note": row.outcome_note}
    answers, article = permissions.can_answer_reports(None, request.user), row.article
    context = {
        "report": row,
        "article": article,
        "name": name_of(article) if article else "",
        "readers": what_readers_see(article) if article else "",
        "answers": answers,
        "writes": permissions.can_edit(None, request.user),
        "may_hide": article and not article.suspension and permissions.can_suspend(article, request.user),
        "may_start": article and article.state in ("approved", "draft", "changes_requested"),
        "at_work": row.started and row.became != Outcome.DROPPED,
        "triage": TriageForm(initial={"seen": row.stamp, "severity": row.severity}),
        "outcome": OutcomeForm(initial=outcome),
        "sentence": sentence,
        **forms,
    }
    return render(request, "desk/report.html", context, status=status)


@require_POST
def triage(request: HttpRequest, number: int) -> HttpResponse:
    """Say what a report is about."""
    row, form = _report(request, number), TriageForm(request.POST)
    return _answered(request, row, form, "triage", "The triage is on the report.")


@require_POST
def close(request: HttpRequest, number: int) -> HttpResponse:
    """Say what came of a report."""
    row, form = _report(request, number), OutcomeForm(request.POST)
    return _answered(request, row, form, "outcome", f"Report {row.pk} is done.")


def _answered(request: HttpRequest, row: Any, form: TriageForm | OutcomeForm, kind: str, done: str) -> HttpResponse:
    """Do what a form says; a refusal brings the page back with what was typed."""
    if not permissions.can_answer_reports(None, request.user):
        raise NotAllowed("Only an editor or the chair may do this.")
    forms: dict[str, Any] = {kind: form}
    if not form.is_valid():
        return _page(request, row, status=422, **forms)
    try:
        form.apply(row, person(request))
    except Refusal as refusal:
        fresh = _report(request, row.pk)
        forms[kind] = type(form)(initial=form.cleaned_data | {"seen": fresh.stamp})
        return _page(request, fresh, status=refusal.status, sentence=refusal.sentence, **forms)
    messages.success(request, done)
    return redirect("report_desk", row.pk)


@require_POST
def start(request: HttpRequest, number: int) -> HttpResponse:
    """Start a revision because of a report, or tie it to the text that is open."""
    row = _report(request, number)
    try:
        article = row.start(by=person(request), seen=request.POST.get("seen", ""))
    except Refusal as refusal:
        return _page(request, _report(request, number), status=refusal.status, sentence=refusal.sentence)
    messages.success(request, f"Report {row.pk} stands beside this text.")
    return redirect("edit", article.slug)


def erase(request: HttpRequest, number: int) -> HttpResponse:
    """Erase what the reader wrote, after asking once; number, triage and outcome stay."""
    row = _report(request, number)
    if not permissions.can_answer_reports(None, request.user):
        raise NotAllowed("Only an editor or the chair may do this.")
    if request.method != "POST":
        return render(request, "desk/erase.html", {"report": row})
    try:
        row.erase(by=person(request), seen=request.POST.get("seen", ""))
    except Refusal as refusal:
        return _page(request, _report(request, number), status=refusal.status, sentence=refusal.sentence)
    messages.success(request, "What the reader wrote is erased.")
    return redirect(reverse("report_desk", args=[row.pk]))
