"""What every template knows."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import SimpleLazyObject

from .accounts.models import User

DESKS = (
    ("to_do", "To do", ("editor", "reviewer", "chair")),
    ("articles", "Articles", ("editor", "reviewer", "chair", "auditor")),
    ("reports", "Reports", ("editor", "chair")),
    ("my_reviews", "My reviews", ("reviewer",)),
    ("board_overview", "Overview", ("chair", "auditor")),
    ("office:index", "Back office", ("administrator", "chair", "auditor")),
    ("timeline", "Timeline", ("auditor", "chair", "administrator")),
)


def site(request: HttpRequest) -> dict[str, Any]:
    """The site's names and, only when a session cookie came, the person signed in."""
    person = SimpleLazyObject(lambda: _person(request))
    return {
        "site_name": settings.SITE_NAME,
        "responsible": settings.RESPONSIBLE,
        "contact_email": settings.CONTACT_EMAIL,
        "demonstration": settings.DEBUG,
        "has_session": getattr(request, "has_session", False),
        "signed_in": SimpleLazyObject(lambda: bool(_person(request))),
        "person": person,
        "desk_links": SimpleLazyObject(lambda: desk_links(request)),
    }


def _person(request: HttpRequest) -> User | None:
    if not getattr(request, "has_session", False) or not hasattr(request, "user"):
        return None
    return request.user if request.user.is_authenticated else None


def desk_links(request: HttpRequest) -> list[dict[str, Any]]:
    """The desks of the person signed in."""
    person = _person(request)
    if person is None:
        return []
    links = ((address_of(name), label) for name, label, roles in DESKS if person.has_role(*roles))
    return [{"url": url, "label": label, "current": request.path == url} for url, label in links if url]


def address_of(name: str) -> str:
    """The address of a desk; empty where the application that has it is not installed."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""
