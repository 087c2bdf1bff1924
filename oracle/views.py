"""Pages of the whole site."""

from django.http import HttpRequest, HttpResponse

from .middleware import refusal_page


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that came without its token: say so, and how to go on."""
    return refusal_page(
        request, "This form was made in another session. Go back, reload the page, and send it again.", 403
    )
