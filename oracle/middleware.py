"""Middleware: what is true of every request."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.db import DatabaseError, DataError
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseRedirect
from django.shortcuts import render
from django.utils.cache import patch_vary_headers

from .refusals import Refusal

Handler = Callable[[HttpRequest], HttpResponse]
BROKEN_PROMISE = "23"  # SQLSTATE class 23: integrity constraint violation
NOT_SHOWN = {"csrfmiddlewaretoken", "sha256", "base", "next", "passkey", "credential"}
LOST_RACE = {"40001", "40P01", "55P03"}


def refuse_nul(get_response: Handler) -> Handler:
    """PostgreSQL's text cannot hold NUL: an address, query or cookie with one is a 400, never a 500."""

    def middleware(request: HttpRequest) -> HttpResponse:
        with_nul = "\x00" in request.path or "%00" in request.META.get("QUERY_STRING", "")
        if with_nul or any("\x00" in value for value in request.COOKIES.values()):
            return HttpResponseBadRequest("This request contains a character (NUL) that cannot be stored.")
        return get_response(request)

    return middleware


def cookieless(get_response: Handler) -> Handler:
    """Note whether a session cookie came; public pages read nothing more of a person (R119)."""

    def middleware(request: HttpRequest) -> HttpResponse:
        request.has_session = settings.SESSION_COOKIE_NAME in request.COOKIES  # type: ignore[attr-defined]
        response = get_response(request)
        if not response.has_header("Cache-Control"):
            response["Cache-Control"] = "private, no-store"
        patch_vary_headers(response, ["Cookie"])
        return response

    return middleware


class LoginRequired(LoginRequiredMiddleware):
    """After an action whose session had ended, sign-in leads back to the place it was on, not to the action."""

    def handle_no_permission(self, request: HttpRequest, view_func: Any) -> HttpResponseRedirect:
        """Send to sign-in; the address to come back to is one that may be visited."""
        came_from = urlsplit(request.headers.get("Referer", ""))
        if request.method == "POST" and came_from.netloc == request.get_host():
            page = came_from._replace(scheme="", netloc="", fragment="").geturl()
            return redirect_to_login(page, self.get_login_url(view_func))
        return super().handle_no_permission(request, view_func)


class refusals:
    """A refusal, and a promise that PostgreSQL kept (also at commit), become a page with a sentence."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Go on; an action's address that was visited instead of posted to says so."""
        response = self.get_response(request)
        if response.status_code == 405 and not response.content:
            return refusal_page(request, "This address takes a form. Go back and use its button.", 405)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer 403 or 409 with the sentence; anything else stays an error."""
        if isinstance(exception, Refusal):
            return refusal_page(request, exception.sentence, exception.status)
        if isinstance(exception, DataError | UnicodeEncodeError) or "NUL (0x00)" in str(exception):
            return refusal_page(request, "This contains a character or a value that cannot be stored.", 400)
        if isinstance(exception, DatabaseError):
            sentence = sentence_of(exception)
            return refusal_page(request, sentence, 409) if sentence else None
        return None


def sentence_of(error: DatabaseError) -> str | None:
    """What to tell the person when PostgreSQL refused a write; None when it is a fault of ours."""
    state = getattr(error.__cause__, "sqlstate", None) or ""
    if state in LOST_RACE:
        return "Somebody else was changing the same thing at that moment. Nothing was written; try again."
    if state.startswith(BROKEN_PROMISE):
        return "The record refused this change because it would break a rule or a newer change. Nothing was written."
    return None


def refusal_page(request: HttpRequest, sentence: str, status: int) -> HttpResponse:
    """A page that says why not, with what was typed, so that nothing is lost."""
    template = "403.html" if status == 403 else "409.html"
    return render(request, template, {"sentence": sentence, "typed": typed_in(request)}, status=status)


def typed_in(request: HttpRequest) -> list[str]:
    """The longer texts of a refused form; never a password."""
    if request.method != "POST":
        return []
    shown = [(name, str(value)) for name, value in request.POST.items() if name not in NOT_SHOWN]
    return [value for name, value in shown if len(value) > 20 and "password" not in name]
