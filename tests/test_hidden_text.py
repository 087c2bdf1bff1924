"""Hidden text is in no public output, and what people typed shows as text."""

import itertools
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from articles.models import Article
from oracle import clock
from reviews.models import Round
from tests.cast import amended, approved, board_member, content, judge_everything, make_article, person, sign
from tests.reading import (
    SECRET,
    SITUATIONS,
    TEXTS,
    People,
    day_of,
    hidden,
    pending,
    people_of_the_cast,  # noqa: F401
    policy,
    read,
    revoked,
    signed,
    withdrawn,
)

READERS = ("", "?for=patient", "?for=student")
# Words of every text and question that these tests make.
SEARCHES = ("kidney", "drug", "kidney+failure+-nothing", "dose")
HOSTILE = "<script>alert('x')</script><img src=x onerror=alert(1)>{{ 7|add:7 }}"


def outputs(slug: str) -> list[str]:
    """Every public address that could show an article's text."""
    own = [f"/articles/{slug}/", f"/articles/{slug}/versions/", *(f"/articles/{slug}/versions/{n}/" for n in (1, 2, 3))]
    lists = ["/", "/articles/", "/topics/nephrology/", "/corrections/"]
    pages = [page + query for page, query in itertools.product([*own, *lists], READERS)]
    searches = [f"/search/?q={words}&for={choice}" for words in SEARCHES for choice in ("", "patient", "student")]
    files = [f"{page}?format=csv" for page in lists[1:]]
    return [
        *pages,
        *searches,
        *files,
        "/corrections/feed/",
        "/topics/",
        "/board/",
        "/policy/",
        f"/report/?article={slug}",
    ]


def everything(client: Client, slug: str, *, files: bool = True) -> str:
    """All that readers can get of an article, headers included; without `files`, what a browser shows."""
    responses = [client.get(page) for page in outputs(slug) if files or "format=csv" not in page]
    assert {response.status_code for response in responses} <= {200, 302, 404}
    return "\n".join(f"{dict(response.headers)} {response.getvalue().decode()}" for response in responses)


@pytest.mark.parametrize("name", SITUATIONS)
def test_a_text_is_in_the_public_outputs_only_when_it_may_be(name: str, people: People, client: Client) -> None:
    make, _, shown = SITUATIONS[name]
    article = make(people)
    with day_of(name, article):
        assert (SECRET in everything(client, article.slug)) == shown


@pytest.mark.parametrize("name", [name for name, (_, _, shown) in SITUATIONS.items() if not shown])
def test_hidden_text_is_not_even_read(name: str, people: People) -> None:
    article = SITUATIONS[name][0](people)
    for audience in ("professional", "plain", "student"):
        with CaptureQueriesContext(connection) as captured:
            row: Any = Article.objects.for_readers(article.slug, audience, clock.today()).get()
        assert len(captured) == 1
        assert row.text is None
        assert SECRET not in str(vars(row))


def two_versions(people: People) -> Article:
    """Version 1 says Alphamab and is signed; version 2 says Betamab and is with the board."""
    article = approved(people.editor, people.reviewer, title="Alphamab")
    article = amended(article.perform("revise", by=people.editor), people.editor, title="Betamab")
    return article.perform("submit", by=people.editor)


def finish(article: Article) -> Article:
    row = Round.objects.active().get(article=article)
    judge_everything(row)
    return sign(row)


def _finished(article: Article, people: People) -> Article:
    return finish(article)


# What happens to the two versions: which of them readers can then read, anywhere.
FATES: dict[str, tuple[Callable[[Article, People], Article], set[str]]] = {
    "second pending": (lambda article, people: article, {"Alphamab"}),
    "both signed": (_finished, {"Alphamab", "Betamab"}),
    "second hidden": (lambda article, people: hidden(finish(article), people), {"Alphamab"}),
    "second revoked": (lambda article, people: revoked(finish(article), people), {"Alphamab"}),
    "first hidden, second signed": (lambda article, people: finish(hidden(article, people)), {"Betamab"}),
    "first hidden, second pending": (hidden, set()),
    "first revoked": (revoked, {"Betamab"}),
    "withdrawn": (lambda article, people: withdrawn(finish(article), people), set()),
    "withdrawn and back": (
        lambda article, people: withdrawn(finish(article), people).perform(
            "reinstate", by=people.chair, reason="New evidence."
        ),
        set(),
    ),
}


@pytest.mark.parametrize("name", FATES)
def test_of_two_versions_only_the_right_one_is_readable(name: str, people: People, client: Client) -> None:
    happens, readable = FATES[name]
    article = happens(two_versions(people), people)
    found = everything(client, article.slug)
    assert {word for word in ("Alphamab", "Betamab") if word in found} == readable


def test_a_text_withdrawn_once_stays_hidden_after_a_newer_one_is_signed(people: People, client: Client) -> None:
    article = withdrawn(finish(two_versions(people)), people).perform("reinstate", by=people.chair, reason="Again.")
    article = amended(article, people.editor, title="Gammamab").perform("submit", by=people.editor)
    found = everything(client, finish(article).slug)
    assert {word for word in ("Alphamab", "Betamab", "Gammamab") if word in found} == {"Gammamab"}


def test_a_policy_hides_pending_texts_from_its_first_moment(people: People, client: Client) -> None:
    article = pending(people)
    assert SECRET in everything(client, article.slug)
    policy(2, "all")
    assert SECRET not in everything(client, article.slug)
    assert SECRET in everything(client, signed(people).slug)


def test_a_policy_may_show_pending_texts_of_high_risk(people: People, client: Client) -> None:
    article = pending(people, risk="high")
    assert SECRET not in everything(client, article.slug)
    policy(2, "none")
    assert SECRET in everything(client, article.slug)


def test_drafts_are_read_by_nobody(people: People, client: Client) -> None:
    article = make_article(people.editor, **TEXTS)
    assert SECRET not in everything(client, article.slug)


def test_hostile_strings_show_as_text(people: People, client: Client) -> None:
    reference = content().references[0]
    fields: dict[str, Any] = {
        "question": f"May {HOSTILE} be given?",
        "direct_answer": f"Yes {HOSTILE}: [click](javascript:alert(1)) [@one].",
        "title": HOSTILE,
        "professional": f"## {HOSTILE}\n\nIt lowered pressure {HOSTILE} [@one].\n",
        "plain": f"{HOSTILE} helps [@one].\n",
        "funding": HOSTILE,
        "ai_use": {"level": "drafted", "tool": HOSTILE, "purpose": HOSTILE, "checked_by": HOSTILE},
        "references": [reference | {"title": HOSTILE, "container-title": HOSTILE, "URL": "javascript:alert(1)"}],
        "evidence": [],
    }
    article = pending(people, **fields)
    text = everything(client, article.slug, files=False)
    article = hidden(article, people)
    whole = (
        text
        + everything(client, article.slug, files=False)
        + everything(client, withdrawn(article, people).slug, files=False)
    )
    assert "<script>alert" not in whole
    assert "<img src=x" not in whole
    assert 'href="javascript:' not in whole
    assert "7|add:7" in text
    assert text.count("&lt;script&gt;alert(") >= 8


def test_hostile_names_and_reasons_show_as_text(people: People, client: Client) -> None:
    board_member(
        person(HOSTILE, "reviewer"), "cardiology", credentials=HOSTILE, affiliation=HOSTILE, disclosure=HOSTILE
    )
    article = signed(people).perform("withdraw", by=people.chair, reason=HOSTILE)
    sent = client.post("/report/", {"text": HOSTILE, "page": HOSTILE, "article": HOSTILE, "website": HOSTILE})
    pages = read(client, f"/report/?article=x&page={HOSTILE}") + sent.content.decode()
    whole = everything(client, article.slug, files=False) + pages
    assert "<script>alert" not in whole
    assert "<img src=x" not in whole
    assert whole.count("&lt;script&gt;alert(") >= 8
