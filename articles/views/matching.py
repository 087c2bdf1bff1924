"""*Match the numbers*: what each citation number of an imported draft stands for."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from articles import drafts
from articles.models import Article, Version
from articles.text.citations import number_spots
from articles.text.references import vancouver
from oracle.refusals import Refusal

from .desk import editor_article, name_of, person

WHY = {
    "printed": "Proposed because the list itself prints this number.",
    "position": "Proposed only because of its place in the list. Lists are often in another order: compare it.",
    "none": "No reference in the list stands for this number.",
}


def match(request: HttpRequest, slug: str) -> HttpResponse:
    """Each number with the first sentence that uses it, beside the list; the editor confirms each."""
    article = editor_article(request, slug)
    sentence = ""
    status = 200
    if request.method == "POST":
        try:
            return _answer(request, article)
        except Refusal as refusal:
            sentence, status = refusal.sentence, refusal.status
            article = editor_article(request, slug)
    version = article.open_version(person(request))
    context = {"article": article, "version": version, "name": name_of(article), "sentence": sentence}
    listed = {"numbers": numbers_of(version), "references": listed_references(version)}
    return render(request, "desk/match.html", context | listed, status=status)


def _answer(request: HttpRequest, article: Article) -> HttpResponse:
    given = request.POST.get("number", "")
    if not (given.isascii() and given.isdigit() and len(given) <= 3):
        raise Refusal("There is no such number in the text; look at the list again.")
    number, base = int(given), request.POST.get("base", "")
    if "drop" in request.POST:
        version = drafts.drop_number(article, number, by=person(request), base=base)
        messages.success(request, f"[{number}] was taken out of the text.")
    else:
        key = request.POST.get("key", "")
        version = drafts.confirm_number(article, number, key, by=person(request), base=base)
        messages.success(request, f"[{number}] is now [@{key}].")
    if drafts.used_numbers(version.content):
        return redirect("match_numbers", article.slug)
    messages.success(request, "Every number is matched.")
    return redirect("edit", article.slug)


def numbers_of(version: Version) -> list[dict[str, Any]]:
    """The numbers still in the texts, each with the first sentence that uses it and what was proposed, and why."""
    first: dict[int, dict[str, Any]] = {}
    for name in drafts.TEXTS:
        for spot in number_spots(getattr(version, name)):
            uses = first.setdefault(spot.number, {"number": spot.number, "sentence": spot.sentence, "uses": 0})
            uses["uses"] += 1
    keys = drafts.keys_of(version.content)
    for number, row in first.items():
        proposal = version.proposals.get(str(number), {})
        row["key"] = proposal.get("key", "") if proposal.get("key", "") in keys else ""
        row["why"] = WHY[proposal.get("by", "none")] if row["key"] else WHY["none"]
    return [first[number] for number in sorted(first)]


def listed_references(version: Version) -> list[dict[str, str]]:
    """The reference list as the page shows it: key and one line."""
    return [{"key": str(item["id"]), "line": vancouver(item)} for item in version.references]
