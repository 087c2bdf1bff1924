"""The article page against views that do next to nothing, and comparing two versions."""

from collections.abc import Iterator
from dataclasses import replace

from django.urls import reverse

from articles.comparison import comparison
from articles.models import Article

from . import urls
from .measure import Line, Work, at_least, at_most, medians
from .place import LARGE, serving
from .site import get
from .texts import text

TURNS = 10  # reads in a row, as one measurement


def article(repeats: int) -> Iterator[Line]:
    """A signed article as an anonymous reader gets it, whole and as 304; reads per second as a ratio."""
    with serving(LARGE):
        slug = Article.objects.filter(state="approved", suspension__isnull=True).order_by("id")[0].slug
        page = reverse("article", args=[slug])
        urls.BODY = get(page).body
        took = medians(
            {
                "bare": _reads("/bare/"),
                "select": _reads(f"/one-select/{slug}/"),
                "page": _reads(page),
                "bare 304": _reads("/bare/", urls.ETAG),
                "select 304": _reads(f"/one-select/{slug}/", urls.ETAG),
                "page 304": _reads(page, get(page).headers["ETag"]),
            },
            repeats,
        )
    each = {name: f"{time / TURNS:.2f} ms" for name, time in took.items()}
    size = f"{len(urls.BODY) / 1024:.0f} KiB"
    yield Line("article page", f"{each['page']}, {size}; 304: {each['page 304']}")
    yield Line("article page against a bare view of the same bytes", f"{took['bare'] / took['page']:.2f}×")
    yield at_least("article page against a view with one SELECT", took["select"] / took["page"], 0.8)
    yield Line("304 against a bare 304", f"{took['bare 304'] / took['page 304']:.2f}×")
    yield at_least("304 against a 304 with one SELECT", took["select 304"] / took["page 304"], 0.9)


def _reads(path: str, etag: str = "") -> Work:
    def read(_: object) -> None:
        for _turn in range(TURNS):
            get(path, etag=etag)

    return Work(read)


def versions(repeats: int) -> Iterator[Line]:
    """Two texts of 1,600 words: ten paragraphs with another word, one gone, one new, one moved."""
    before = text(1, 25)
    parts = before.professional.split("\n\n")
    for place in range(1, min(40, len(parts)), 4):
        parts[place] = parts[place].replace("The ", "A ", 1)
    parts.insert(30, parts.pop(5))
    parts[12:13] = ["A new paragraph says that the dose is 7 mg."]
    after = replace(before, professional="\n\n".join(parts))
    took = medians({"compare": Work(lambda _: comparison(before, after))}, repeats)
    yield at_most("comparing two versions of 1,600 words", took["compare"], 60, " ms")
