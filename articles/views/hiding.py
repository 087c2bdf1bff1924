"""Hiding a text from readers at once, and showing it again."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from articles import permissions
from articles.forms import ReasonForm
from articles.models.suspension import lift, suspend
from oracle.refusals import NotAllowed, Refusal

from .desk import desk_article, name_of, person, what_readers_see


def hide(request: HttpRequest, slug: str) -> HttpResponse:
    """*Hide this text now*: a reason and one button."""
    return _hiding(request, slug, "hide")


def show(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a hidden text again, with a reason."""
    return _hiding(request, slug, "show")


def _hiding(request: HttpRequest, slug: str, way: str) -> HttpResponse:
    article = desk_article(request, slug)
    allowed = permissions.can_suspend if way == "hide" else permissions.can_chair
    if not allowed(article, person(request)):
        who = (
            "a board member or the chair may hide a text" if way == "hide" else "the chair may show a hidden text again"
        )
        raise NotAllowed(f"Only {who}.")
    form = ReasonForm(request.POST or None)
    context = {"article": article, "name": name_of(article), "form": form, "way": way}
    context["readers"] = what_readers_see(article)
    if request.method != "POST" or not form.is_valid():
        return render(request, "desk/hide.html", context, status=422 if request.method == "POST" else 200)
    act = suspend if way == "hide" else lift
    try:
        act(article, by=person(request), reason=form.cleaned_data["reason"])
    except Refusal as refusal:
        return render(request, "desk/hide.html", context | {"sentence": refusal.sentence}, status=refusal.status)
    messages.success(request, "The text is hidden." if way == "hide" else "The text is shown again.")
    return redirect("record", slug)
