"""The references of an open version: by form or pasted CSL-JSON, each with its evidence."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from articles import drafts
from articles.forms import EvidenceForm, PastedReferencesForm, ReferenceForm
from articles.importing import csl
from articles.models import Article, Version
from articles.reference_list import (
    Change,
    add,
    add_evidence,
    cited_keys,
    find,
    has_numbers,
    put,
    remove,
    remove_evidence,
)
from articles.text.references import parts
from oracle.refusals import Refusal

from .desk import editor_article, name_of, person

ACTIONS = ("save", "paste", "remove", "quote", "unquote")


def references(request: HttpRequest, slug: str) -> HttpResponse:
    """The list; `?key=` opens one reference. Bad input comes back as it was typed, with a sentence."""
    article = editor_article(request, slug)
    version = article.open_version(person(request))
    key = request.POST.get("reference", request.GET.get("key", ""))
    old = find(version.content, key) if key else None
    if key and old is None and request.method != "POST":
        raise Http404
    page = _Page(request, article, version, key, old)
    if request.method != "POST":
        return page.render()
    action = next((name for name in ACTIONS if name == request.POST.get("action")), "")
    if not action:
        raise Refusal("There is no such step here; reload the page.")
    try:
        return getattr(page, action)()  # type: ignore[no-any-return]
    except Refusal as refusal:
        return page.render(sentence=refusal.sentence, status=refusal.status)


class _Page:
    """One request on the list of references."""

    def __init__(
        self, request: HttpRequest, article: Article, version: Version, key: str, old: dict[str, Any] | None
    ) -> None:
        self.request, self.article, self.version, self.key, self.old = request, article, version, key, old
        self.form, self.pasted, self.passage = ReferenceForm(old=old), PastedReferencesForm(), EvidenceForm()

    def render(self, *, sentence: str = "", status: int = 200) -> HttpResponse:
        context = {
            "article": self.article,
            "version": self.version,
            "name": name_of(self.article),
            "cards": cards(self.version),
            "key": self.key if self.old else "",
            "form": self.form,
            "pasted": self.pasted,
            "passage": self.passage,
            "sentence": sentence,
        }
        return render(self.request, "desk/references.html", context, status=status)

    def change(self, alter: Change, said: str, *, event: str = "version.reference") -> HttpResponse:
        base = self.request.POST.get("base", "")
        drafts.change(self.article, alter, by=person(self.request), base=base, event=event)
        messages.success(self.request, said)
        return redirect("edit_references", self.article.slug)

    def save(self) -> HttpResponse:
        self.form = ReferenceForm(self.request.POST, old=self.old)
        if not self.form.is_valid():
            return self.render(status=422)
        item = self.form.item
        if self.old:
            return self.change(put(item, self.key), f"The reference {self.key} is saved.")
        taken = drafts.keys_of(self.version.content)
        key = self.form.cleaned_data["key"] or csl.key_for(item, taken)
        if key in taken:
            self.form.add_error("key", f"Another reference has the key {key} already; choose another.")
            return self.render(status=422)
        return self.change(add([{"id": key, **item}]), f"Added; cite it with [@{key}].")

    def paste(self) -> HttpResponse:
        self.pasted = PastedReferencesForm(self.request.POST)
        if not self.pasted.is_valid():
            return self.render(status=422)
        items = self.pasted.cleaned_data["csl_json"]
        said = "1 reference was" if len(items) == 1 else f"{len(items)} references were"
        return self.change(add(items), f"{said} read; the list is below.")

    def remove(self) -> HttpResponse:
        return self.change(remove(self.key), f"The reference {self.key} was removed.")

    def quote(self) -> HttpResponse:
        self.passage = EvidenceForm(self.request.POST)
        if not self.passage.is_valid():
            return self.render(status=422)
        given = self.passage.cleaned_data
        alter = add_evidence(self.key, given["quote"], given["place"])
        self.change(alter, "The passage is saved with its reference.", event="version.evidence")
        return redirect(f"{reverse('edit_references', args=[self.article.slug])}?key={self.key}")

    def unquote(self) -> HttpResponse:
        given = self.request.POST.get("passage", "")
        index = int(given) if given.isascii() and given.isdigit() and len(given) < 5 else -1
        return self.change(remove_evidence(index), "The passage was taken out.", event="version.evidence")


def cards(version: Version) -> list[dict[str, Any]]:
    """Every reference as the page shows it, with its passages and their places in the list."""
    cited = set(cited_keys(version.content))
    unmatched = has_numbers(version.content)
    passages = list(enumerate(version.evidence))
    return [
        {
            **parts(item),
            "uncited": item["id"] not in cited and not unmatched,
            "passages": [{"index": n, **entry} for n, entry in passages if entry.get("key") == item["id"]],
        }
        for item in version.references
    ]
