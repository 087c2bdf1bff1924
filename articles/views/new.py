"""New article: write, paste or upload."""

from pathlib import PurePath
from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from articles import drafts, permissions
from articles.forms import PasteForm, UploadForm, WriteForm
from articles.importing.files import READERS, decode
from articles.importing.imported import LIMIT_BYTES, Imported, ImportRefused
from articles.importing.markdown_file import from_markdown
from articles.importing.pasted import from_pasted
from articles.models import Article
from articles.text.content import Content
from oracle.refusals import NotAllowed

from .desk import desk_reader, person
from .reading import keep_notes

FORMS: dict[str, Any] = {"write": WriteForm, "paste": PasteForm, "upload": UploadForm}


def new(request: HttpRequest) -> HttpResponse:
    """Three ways to begin; a draft that cannot be read is refused with the line, and what was pasted stays."""
    if not permissions.can_edit(None, desk_reader(request)):
        raise NotAllowed("Only an editor may begin an article.")
    way = request.POST.get("way", "")
    forms = {name: form(prefix=name) for name, form in FORMS.items()}
    if request.method == "POST" and way in FORMS:
        forms[way] = FORMS[way](request.POST, request.FILES, prefix=way)
        article = _begin(request, way, forms[way])
        if article:
            return redirect(_next_page(article), article.slug)
    return render(request, "desk/new.html", forms, status=422 if request.method == "POST" else 200)


def _next_page(article: Article) -> str:
    waiting = article.current_version and article.current_version.proposals
    return "match_numbers" if waiting and article.state == "draft" else "edit" if article.state == "draft" else "record"


def _begin(request: HttpRequest, way: str, form: Any) -> Article | None:
    if not form.is_valid():
        return None
    if way == "write":
        content = Content(question=form.cleaned_data["question"])
        return drafts.create(content, by=person(request))
    try:
        return _import(request, _read(form.cleaned_data))
    except ImportRefused as refused:
        form.add_error("text" if way == "paste" else "file", str(refused))
        return None


def _read(given: dict[str, Any]) -> Imported:
    if "text" in given:
        front_matter = given["text"].lstrip("\ufeff \r\n\t").startswith("---")
        return from_markdown(given["text"].lstrip()) if front_matter else from_pasted(given["text"])
    file: UploadedFile[bytes] = given["file"]
    reader = READERS.get(PurePath(file.name or "").suffix.lower())
    if reader is None:
        raise ImportRefused("This is neither a .md nor a .txt file. Save the draft as one of these.")
    return reader(decode(file.read(LIMIT_BYTES + 1)))


def _import(request: HttpRequest, imported: Imported) -> Article:
    outcome = drafts.import_draft(imported, by=person(request))
    if not outcome.created:
        messages.info(request, "This draft is here already, unchanged; this is its article.")
        return outcome.article
    keep_notes(request, outcome.article, outcome.notes)
    messages.success(request, "The draft is saved. Check what was read from it.")
    return outcome.article
