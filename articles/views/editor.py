"""The page to write an open version, and saving it without losing anyone's text."""

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from articles import drafts
from articles.board import board
from articles.forms import TextForm
from articles.models import Article, Version
from articles.models.version import waive as set_aside
from articles.text.diff import compare
from articles.text.rendering import render_content
from oracle.accounts.models import User
from oracle.refusals import Refusal

from .checks import checks_of
from .desk import editor_article, name_of, person
from .matching import match
from .references import references
from .submitting import submit

__all__ = ["edit", "fix", "match", "references", "submit", "waive"]

AUDIENCES = {"professional": "Health professionals", "plain": "Patients and carers", "student": "Students"}
STALE = "Somebody else saved this text after you opened it. Both texts are below; nothing is lost."


def edit(request: HttpRequest, slug: str) -> HttpResponse:
    """The text to write; a save that comes too late is refused with both texts on the page."""
    article = editor_article(request, slug)
    if request.method != "POST":
        version = article.open_version(person(request))
        form = TextForm(initial=TextForm.initial_of(version.content, version.fingerprint))
        return _page(request, article, form)
    form = TextForm(request.POST)
    if not form.is_valid():
        return _page(request, article, form, status=422)
    if "theirs" in request.POST:
        return _on_their_text(request, article, form)
    try:
        version = drafts.change(
            article,
            lambda content: replace(content, **form.texts()),
            by=person(request),
            base=form.cleaned_data["base"],
            event="version.save",
        )
    except Refusal as refusal:
        return _both_texts(request, article, form, refusal)
    same = version.fingerprint == form.cleaned_data["base"]
    messages.success(request, "Nothing was changed, so nothing was saved." if same else "Saved.")
    return redirect("edit", slug)


def _on_their_text(request: HttpRequest, article: Article, mine: TextForm) -> HttpResponse:
    """Go on from the text that is saved, with one's own below it to copy from."""
    version = article.open_version(person(request))
    form = TextForm(initial=TextForm.initial_of(version.content, version.fingerprint))
    return _page(request, article, form, mine=mine)


def _page(
    request: HttpRequest, article: Article, form: TextForm, *, mine: TextForm | None = None, status: int = 200
) -> HttpResponse:
    try:
        version = article.open_version(person(request))
    except Refusal as refusal:
        return _both_texts(request, article, form, refusal)
    objections = board().objections(article)
    context = {
        "article": article,
        "version": version,
        "form": form,
        "mine": _lines(mine) if mine else None,
        "saved": version.history.select_related("history_user").first(),
        "checks": checks_of(version),
        "objections": objections,
        "waiting": sum(objection.waits for objection in objections),
        "preview": preview_of(version),
        "references": version.references,
    }
    return render(request, "desk/editor.html", context, status=status)


def preview_of(version: Version) -> list[dict[str, Any]]:
    """The saved text as each reader gets it; ids differ, so that all fit on one page."""
    audiences = render_content(version.content)
    return [
        {"label": label, "parts": render_content(version.content, prefix=f"{name}-")[name], "prefix": f"{name}-"}
        for name, label in AUDIENCES.items()
        if name in audiences
    ]


def _lines(form: TextForm) -> list[dict[str, Any]]:
    """Every field of a form as typed, with its label."""
    return [
        {"name": name, "label": form[name].label, "text": form[name].value() or ""}
        for name in form.fields
        if name != "base"
    ]


def _both_texts(request: HttpRequest, article: Article, form: TextForm, refusal: Refusal) -> HttpResponse:
    """A refused save: what is stored, what was typed, and the difference; nothing of either is lost."""
    article = Article.objects.select_related("current_version").get(pk=article.pk)
    version = article.current_version
    stored = TextForm.initial_of(version.content, version.fingerprint) if version else {}
    mine = _lines(form)
    for field in mine:
        field["theirs"] = stored.get(field["name"], "")
        field["blocks"] = _difference(field["theirs"], field["text"])
    writable = _may_write(article, person(request))
    context = {
        "article": article,
        "name": name_of(article),
        "sentence": STALE if writable else refusal.sentence,
        "fields": mine,
        "base": stored.get("base", ""),
        "writable": writable,
        "saved": version.history.select_related("history_user").first() if version else None,
    }
    return render(request, "desk/stale.html", context, status=refusal.status)


def _may_write(article: Article, user: User) -> bool:
    try:
        article.open_version(user)
    except Refusal:
        return False
    return True


def _difference(theirs: str, mine: str) -> list[Any]:
    mine = mine.replace("\r\n", "\n").replace("\r", "\n")
    return list(compare(theirs, mine)) if theirs != mine else []


@require_POST
def fix(request: HttpRequest, slug: str) -> HttpResponse:
    """The quick fix of a check."""
    article = editor_article(request, slug)
    named, base = request.POST.get("fix", ""), request.POST.get("base", "")
    drafts.apply_fix(article, named, by=person(request), base=base)
    messages.success(request, "Done; the checks have run again.")
    return redirect("edit", slug)


@require_POST
def waive(request: HttpRequest, slug: str) -> HttpResponse:
    """Set a warning aside with a reason, which the reviewer sees."""
    article = editor_article(request, slug)
    set_aside(article, request.POST.get("rule", ""), by=person(request), reason=request.POST.get("reason", ""))
    messages.success(request, "The warning is set aside; the reviewer sees your reason.")
    return redirect("edit", slug)
