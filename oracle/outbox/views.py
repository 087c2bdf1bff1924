"""The demonstration's mail: what would have been sent, to be read and followed without a mail server."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from oracle.accounts.demonstration import DEMONSTRATION_ACCOUNTS
from oracle.accounts.models import User

from .models import Outbox

PAGE = 20
LONGEST_ID = 18  # digits that fit a bigint


@require_safe
@login_not_required
def mail(request: HttpRequest) -> HttpResponse:
    """The newest messages with their links; anybody may read them, so only where every account is an invented one."""
    if not (settings.DEBUG and User.objects.filter(email=DEMONSTRATION_ACCOUNTS[0].email).exists()):
        raise Http404
    rows = Outbox.objects.order_by("-id")
    before = request.GET.get("before", "")
    if before.isascii() and before.isdigit() and len(before) <= LONGEST_ID:
        rows = rows.filter(id__lt=int(before))
    found = list(rows[: PAGE + 1])
    older = f"?before={found[PAGE - 1].pk}" if len(found) > PAGE else ""
    return render(request, "mail.html", {"messages_sent": found[:PAGE], "older_url": older, "begun": bool(before)})
