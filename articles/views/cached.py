"""What all readers' pages share: no sign-in, no cookie, no transaction, and an answer of 304 when nothing changed."""

import functools
import hashlib
from collections.abc import Callable

from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import HttpRequest, HttpResponseBase
from django.http.response import HttpResponse
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

View = Callable[..., HttpResponseBase]


def public_page(view: View) -> View:
    """Mark a view as a page for everybody, and let caches keep what it says for a minute."""

    @functools.wraps(view)
    def page(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        # A file that is sent while it is read has no digest before its end.
        if isinstance(response, HttpResponse) and response.status_code == 200:
            return cacheable(request, response)
        return response

    return require_safe(login_not_required(transaction.non_atomic_requests(page)))


def cacheable(request: HttpRequest, response: HttpResponse) -> HttpResponseBase:
    """Give a response its ETag, over all it says and to whom; a 304 if the browser has the same already.

    Whatever a page depends on (the version, its standing, hiding, wording, documents in force, the site-wide claim,
    newer work, the date, the templates of this release) is in its words, so their digest covers it.
    """
    with_session = getattr(request, "has_session", False)
    whom = f"for {request.user.pk}" if with_session else "for everybody"
    etag = response.get("ETag") or etag_of(response.content, whom)
    response["ETag"] = etag
    response["Cache-Control"] = "private, no-store" if with_session else "public, max-age=60"
    return get_conditional_response(request, etag=etag, response=response) or response


def etag_of(content: bytes, whom: str = "for everybody") -> str:
    """The ETag of a page as one reader, or everybody, gets it."""
    return f'"{hashlib.sha256(content + whom.encode()).hexdigest()[:32]}"'
