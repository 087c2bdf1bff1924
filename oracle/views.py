"""Pages of the whole site."""

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from .middleware import typed_in

RETRY_AFTER = "10"  # seconds; a killed server of our own is back sooner


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that came without its token: say so, and how to go on."""
    sentence = "This form was made in another session. Go back, reload the page, and send it again."
    return render(request, "403.html", {"sentence": sentence}, status=403)


def broken(request: HttpRequest) -> HttpResponse:
    """The answer to any other error: 503 while the database does not answer, else 500, with what was typed.

    Neither page asks the database. Django calls this while it handles the error (`handler500`).
    """
    away = isinstance(sys.exc_info()[1], OperationalError | InterfaceError)
    context = {"typed": typed_in(request), "sent": request.method == "POST"}
    if not away:
        return HttpResponse(render_to_string("500.html", context), status=500)
    return HttpResponse(render_to_string("503.html", context), status=503, headers={"Retry-After": RETRY_AFTER})
