"""What readers reported."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from articles import permissions
from articles.models import Report
from oracle import clock
from oracle.accounts.models import User
from oracle.refusals import NotAllowed

from .desk import desk_reader
from .paging import PAGE, page_rows, pages_beside


def reports(request: HttpRequest) -> HttpResponse:
    """What readers reported, what could harm first; an editor marks a report as done."""
    user = desk_reader(request)
    if request.method == "POST":
        return _done(request, user)
    done = request.GET.get("done") == "1"
    rows = Report.objects.filter(done_at__isnull=not done).select_related("article", "article__current_version")
    found = page_rows(request, rows.order_by("-done_at", "id") if done else rows)
    context = {"rows": found[:PAGE], "done": done, "may_close": permissions.can_edit(None, user)}
    return render(request, "desk/reports.html", context | pages_beside(request, found))


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
