"""*Match the numbers*: what each citation number of an imported draft stands for."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse

from articles import drafts
from articles.models import Article, Version
from articles.text.citations import number_spots
from articles.text.references import vancouver
from oracle.refusals import Refusal

from .desk import editor_article, name_of, person
from .reading import notes_of

MOST_NAMED = 3
WHY = {
    "printed": "Proposed because the list itself prints this number.",
    "position": "Proposed only because of its place in the list. Lists are often in another order: compare it.",
    "none": "No reference in the list stands for this number.",
}


def match(request: HttpRequest, slug: str) -> HttpResponse:
    """Each number with the first sentence that uses it, beside the list; the editor confirms them in one form."""
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
    chosen = _chosen(request.POST if request.method == "POST" else request.GET)
    context = {
        "article": article,
        "version": version,
        "name": name_of(article),
        "sentence": sentence,
        "numbers": numbers_of(version, chosen),
        "references": listed_references(version),
        "read": notes_of(request, article),
    }
    return render(request, "desk/match.html", context, status=status)


def _chosen(given: QueryDict) -> dict[int, str]:
    """What was chosen for each number, empty where it was left open."""
    found = [(re.fullmatch(r"key-([0-9]{1,3})", name), key) for name, key in given.items()]
    return {int(match[1]): str(key) for match, key in found if match}


def _answer(request: HttpRequest, article: Article) -> HttpResponse:
    base, dropped = request.POST.get("base", ""), request.POST.get("drop", "")
    chosen = _chosen(request.POST)
    if dropped:
        if not re.fullmatch(r"[0-9]{1,3}", dropped):
            raise Refusal("There is no such number in the text; look at the list again.")
        version = drafts.drop_number(article, int(dropped), by=person(request), base=base)
        messages.success(request, f"[{dropped}] was taken out of the text.")
    else:
        keys = {number: key for number, key in chosen.items() if key}
        if not keys:
            raise Refusal("Choose a reference for at least one number.")
        version = drafts.confirm_numbers(article, keys, by=person(request), base=base)
        messages.success(request, _confirmed(keys))
    return _onward(request, article, version, chosen)


def _confirmed(keys: dict[int, str]) -> str:
    said = [f"[{number}] is now [@{key}]" for number, key in keys.items()]
    return f"{', '.join(said)}." if len(said) <= MOST_NAMED else f"{len(said)} numbers are confirmed."


def _onward(request: HttpRequest, article: Article, version: Version, chosen: dict[int, str]) -> HttpResponse:
    """To the numbers that are left, with what was chosen for each; or to the text."""
    left = drafts.used_numbers(version.content)
    if left:
        kept = {
            f"key-{row['number']}": chosen[row["number"]]
            for row in numbers_of(version)
            if chosen.get(row["number"], row["key"]) != row["key"]
        }
        address = reverse("match_numbers", args=[article.slug])
        return redirect(f"{address}?{urlencode(kept)}" if kept else address)
    messages.success(request, "Every number is matched.")
    return redirect("edit", article.slug)


def numbers_of(version: Version, chosen: Mapping[int, str] = MappingProxyType({})) -> list[dict[str, Any]]:
    """The numbers still in the texts, each with the first sentence that uses it and what was proposed, and why.

    `chosen` is what the editor has on screen; it comes before the proposal.
    """
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
        row["missing"] = not row["key"]
        if chosen.get(number, "") in ("", *keys):
            row["key"] = chosen.get(number, row["key"])
    return [first[number] for number in sorted(first)]


def listed_references(version: Version) -> list[dict[str, str]]:
    """The reference list as the page shows it: key and one line."""
    return [{"key": str(item["id"]), "line": vancouver(item)} for item in version.references]
