"""The page to write an open version, and saving it without losing anyone's text."""

import re
from collections.abc import Sequence
from dataclasses import replace
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from articles import drafts
from articles.board import board
from articles.forms import TextForm
from articles.models import Article, Report, Version
from articles.models.version import waive as set_aside
from articles.text.content import line_ends
from articles.text.diff import compare
from articles.text.references import key_of, title_of
from articles.text.rendering import audiences, render_page
from oracle.accounts.models import User
from oracle.refusals import Refusal

from .checks import checks_of
from .desk import editor_article, name_of, person
from .reading import notes_of

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
        return _page(request, article, form, mine=kept_texts(request.POST), status=422)
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
    mine = [] if "dismiss" in request.POST else kept_texts(request.POST)
    if not mine:
        return redirect("edit", slug)
    form = TextForm(initial=TextForm.initial_of(version.content, version.fingerprint))
    return _page(request, editor_article(request, slug), form, mine=mine)


def _on_their_text(request: HttpRequest, article: Article, mine: TextForm) -> HttpResponse:
    """Go on from the text that is saved, with one's own below it to copy from."""
    version = article.open_version(person(request))
    saved = TextForm.initial_of(version.content, version.fingerprint)
    older = kept_texts(request.POST)
    typed = [field for field in _lines(mine) if line_ends(field["text"]) != saved[field["name"]]]
    turn = 1 + max((int(field["name"].split("-")[1]) for field in older), default=0)
    newer = [field | {"name": f"mine-{turn}-{field['name']}"} for field in typed if field["text"]]
    return _page(request, article, TextForm(initial=saved), mine=[*newer, *older])


def kept_texts(given: QueryDict) -> list[dict[str, Any]]:
    """One's own text that the page carries along, saved nowhere, until it is put away: `mine-1-professional`."""
    found = [(re.fullmatch(r"mine-[0-9]{1,3}-([a-z_]+)", name), str(text)) for name, text in given.items()]
    labels = TextForm()
    return [
        {"name": match[0], "label": labels[match[1]].label, "text": text}
        for match, text in found
        if match and match[1] in labels.fields
    ]


def _page(
    request: HttpRequest,
    article: Article,
    form: TextForm,
    *,
    mine: Sequence[dict[str, Any]] = (),
    status: int = 200,
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
        "mine": mine,
        "unsaved": bool(mine) or status != HTTPStatus.OK,
        "read": notes_of(request, article),
        "saved": version.history.select_related("history_user").first(),
        "checks": checks_of(version),
        "reports": Report.objects.open().filter(article=article),
        "objections": objections,
        "waiting": sum(objection.waits for objection in objections),
        "preview": preview_of(version),
        "references": [{"key": key_of(item), "title": title_of(item)} for item in version.references],
    }
    return render(request, "desk/editor.html", context, status=status)


def preview_of(version: Version) -> list[dict[str, Any]]:
    """The saved text as each reader gets it; ids differ, so that all fit on one page."""
    content = version.content
    return [
        {"label": label, "parts": render_page(content, name, prefix=f"{name}-"), "prefix": f"{name}-"}
        for name, label in AUDIENCES.items()
        if name in audiences(content)
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
        "kept": kept_texts(request.POST),
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
    mine = line_ends(mine)
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
