"""Pages of the whole site."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that came without its token: say so, and how to go on."""
    sentence = "This form was made in another session. Go back, reload the page, and send it again."
    return render(request, "403.html", {"sentence": sentence}, status=403)
