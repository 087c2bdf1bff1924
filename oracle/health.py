"""Health, for what watches over the site: `/healthz`, the process answers; `/readyz`, it can serve.

Answered before every other middleware: whatever the Host header (those who ask often know only a machine's number),
without a redirect to HTTPS, without a session or a log line.
"""

from collections.abc import Callable
from functools import cache

from django.db import Error, connection
from django.db.migrations.loader import MigrationLoader
from django.http import HttpRequest, HttpResponse, JsonResponse

ALIVE, READY = "/healthz", "/readyz"


def answer(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Answer the two addresses; everything else goes on."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.path_info not in (ALIVE, READY):
            return get_response(request)
        missing = None if request.path_info == ALIVE else what_is_missing()
        body = {"ok": missing is None} | ({"missing": missing} if missing else {})
        return JsonResponse(body, status=503 if missing else 200, headers={"Cache-Control": "no-store"})

    return middleware


def what_is_missing() -> str | None:
    """Why the site cannot serve, in a sentence; None when it can. One statement."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT app, name FROM django_migrations")
            applied = set(cursor.fetchall())
    except Error:
        return "The database does not answer, or was never migrated."
    waiting = len(known_migrations() - applied)
    if waiting:
        return f"Migrations wait to be applied: {waiting}. Run `manage.py migrate`."
    return None


@cache
def known_migrations() -> frozenset[tuple[str, str]]:
    """The migrations of the code, read once for each process."""
    return frozenset(MigrationLoader(None).disk_migrations or ())
