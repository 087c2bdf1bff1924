"""The desks at a hundred and at ten thousand open articles, and the record at ten thousand and a million entries."""

from collections.abc import Callable, Iterator
from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from articles.models import Article
from oracle.accounts.models import User

from .load import LONG
from .measure import Line, Work, at_most, medians, queries
from .place import LARGE, SMALL, serving
from .site import get, sign_in

PEOPLE = {
    "a reviewer": "Rita Reviewer",
    "an editor": "Edith Editor",
    "an editor who reviews and chairs": "Erin Everyrole",
}
READER = "Erin Everyrole"


def to_do(repeats: int) -> Iterator[Line]:
    """Each person's *To do*, small against large."""
    for who, name in PEOPLE.items():
        yield from _compared(f"*To do* of {who}", reverse("to_do"), name, repeats)


def record(repeats: int) -> Iterator[Line]:
    """The timeline, small against large, and the stories of a short and a long article."""
    for what, query in _filters().items():
        yield from _compared(what, reverse("timeline") + query, READER, repeats)
    with serving(LARGE):
        cookie = sign_in(READER)
        few, many = (reverse("story", args=[Article.objects.get(slug=slug).pk]) for slug in LONG)
        took = medians({"few": _visit(few, cookie), "many": _visit(many, cookie)}, repeats)
    yield at_most("an article's history, 1,000 entries against 100", took["many"] / took["few"], 1.3, "×")


def overviews(repeats: int) -> Iterator[Line]:
    """The chair's overview and a reviewer's own, small against large: they count what there is, so they grow."""
    for what, name, who in (
        ("overview of the board", "board_overview", READER),
        ("*My reviews*", "my_reviews", PEOPLE["a reviewer"]),
    ):
        took, counts = _small_and_large(reverse(name), who, repeats)
        yield Line(what, f"{took[SMALL]:.0f} → {took[LARGE]:.0f} ms")
        yield Line(
            f"{what}, queries", f"{counts[SMALL]} and {counts[LARGE]}", "the same", counts[SMALL] == counts[LARGE]
        )


def _filters() -> dict[str, str]:
    """Queries of the timeline that find more than a page in the small database too."""
    with serving(SMALL):
        person = User.objects.get(name="Ralph Reviewer").pk
    month = timezone.localdate() - timedelta(days=60), timezone.localdate() - timedelta(days=30)
    return {
        "timeline": "",
        "timeline of one person": f"?person={person}",
        "timeline of one action": "?action=article.approve",
        "timeline of a month": f"?since={month[0]}&until={month[1]}",
        "timeline with words in the reason": "?words=a",
    }


def _compared(what: str, address: str, name: str, repeats: int) -> Iterator[Line]:
    took, counts = _small_and_large(address, name, repeats)
    ratio = took[LARGE] / took[SMALL]
    told = f"{took[SMALL]:.0f} → {took[LARGE]:.0f} ms: "
    yield at_most(f"{what}, large against small", ratio, 1.3, "×", told=told)
    yield Line(f"{what}, queries", f"{counts[SMALL]} and {counts[LARGE]}", "the same, ≤ 8", _few(*counts.values()))


def _small_and_large(address: str, name: str, repeats: int) -> tuple[dict[str, float], dict[str, int]]:
    """Median milliseconds and queries of a page in both databases."""
    works, counts = {}, {}
    for place in (SMALL, LARGE):
        with serving(place):
            visit = _visit(address, sign_in(name))
            counts[place] = queries(lambda visit=visit: visit.run(None))
            works[place] = Work(_at(place, visit.run))
    return medians(works, repeats), counts


def _few(one: int, other: int) -> bool:
    return one == other <= 8


def _visit(address: str, cookie: str) -> Work:
    return Work(lambda _: get(address, cookie=cookie))


def _at(place: str, run: Callable[[object], object]) -> Callable[[object], None]:
    def visit(made: object) -> None:
        with serving(place):
            run(made)

    return visit
