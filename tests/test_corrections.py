"""Corrections of all articles: what readers are told, newest first, as a page, a file and a feed."""

import csv
import io
import re
from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test import Client

from articles.corrections import EVENTS, history
from articles.models import Article
from articles.models.suspension import lift
from articles.models.version import write
from tests.cast import amended, approved, content, judge_everything, make_article, sign, submitted
from tests.reading import (
    SECRET,
    People,
    hidden,
    pending,
    people_of_the_cast,  # noqa: F401
    read,
    revoked,
    signed,
    signed_twice,
    withdrawn,
    words,
)
from tests.test_hidden_text import HOSTILE

ATOM = "{http://www.w3.org/2005/Atom}"


def told(client: Client, query: str = "") -> list[str]:
    """Each correction's kind and what stands below it."""
    page = read(client, f"/corrections/{query}")
    found = re.findall(r'<li id="correction-\d+">(.*?)</li>', page, re.DOTALL)
    return [words(one) for one in found]


def with_note(article: Article, people: People, note: str) -> Article:
    base = article.current_version.fingerprint
    write(article, by=people.editor, base=base, content=content(funding="a grant"), change_note=note)
    return Article.objects.get(pk=article.pk)


def finish(article: Article) -> Article:
    row = article.rounds.get(ended_at=None)
    judge_everything(row)
    return sign(row)


def test_a_first_signature_corrects_nothing(people: People, client: Client) -> None:
    signed(people)
    pending(people)
    make_article(people.editor)
    assert told(client) == []
    assert "Nothing was corrected yet" in read(client, "/corrections/")


def test_a_newer_version_is_told_with_its_note_and_who_signed(people: People, client: Client) -> None:
    signed_twice(people)
    (line,) = told(client)
    assert line.startswith("May drug A be given in kidney failure? New version")
    assert line.endswith("Version 2 was signed by Rita Reviewer, MD. What changed: Clearer.")


STORIES: dict[str, tuple[Callable[[People], Any], list[str]]] = {
    "withdrawn": (
        lambda who: withdrawn(signed(who), who),
        ["Withdrawn by the chair of our Medical Advisory Board. Reason: It can no longer be supported."],
    ),
    "hidden": (
        lambda who: hidden(pending(who), who),
        ["Its text was hidden by a member of our Medical Advisory Board. Reason: A reader was harmed."],
    ),
    "shown again": (
        lambda who: lift(hidden(signed(who), who), by=who.chair, reason="A secret."),
        [
            "Its text was shown again by the chair of our Medical Advisory Board.",
            "Its text was hidden by a member of our Medical Advisory Board. Reason: A reader was harmed.",
        ],
    ),
    "revoked": (
        lambda who: revoked(signed(who), who),
        ["A signature was taken back; its text is not shown until it is signed again."],
    ),
    "revoked while revised": (
        lambda who: revoked(signed(who).perform("revise", by=who.editor), who),
        ["A signature was taken back; its text is not shown until it is signed again."],
    ),
    "never public": (
        lambda who: make_article(who.editor).perform("withdraw", by=who.chair, reason="A secret."),
        [],
    ),
}


@pytest.mark.parametrize("name", STORIES)
def test_what_else_happened_is_told(name: str, people: People, client: Client) -> None:
    happens, expected = STORIES[name]
    happens(people)
    lines = told(client)
    assert len(lines) == len(expected)
    assert all(line.endswith(end) for line, end in zip(lines, expected, strict=True))
    assert "A secret." not in read(client, "/corrections/")


# What happens after version 2 is signed with a note: may its note still be read?
FATES: dict[str, tuple[Callable[[Article, People], Any], bool]] = {
    "nothing": (lambda article, people: article, True),
    "hidden": (hidden, False),
    "withdrawn": (withdrawn, False),
    "revoked": (revoked, False),
    "a third is signed": (
        lambda article, people: finish(
            amended(article.perform("revise", by=people.editor), people.editor).perform("submit", by=people.editor)
        ),
        True,
    ),
    "hidden, then a third is signed": (
        lambda article, people: finish(
            amended(hidden(article, people).perform("revise", by=people.editor), people.editor).perform(
                "submit", by=people.editor
            )
        ),
        False,
    ),
    "withdrawn and back": (
        lambda article, people: withdrawn(article, people).perform("reinstate", by=people.chair, reason="Again."),
        False,
    ),
}


@pytest.mark.parametrize("name", FATES)
def test_a_note_is_read_only_with_its_text(name: str, people: People, client: Client) -> None:
    happens, readable = FATES[name]
    article = approved(people.editor, people.reviewer)
    article = with_note(article.perform("revise", by=people.editor), people, SECRET)
    article = finish(article.perform("submit", by=people.editor))
    happens(article, people)
    for output in ("/corrections/", "/corrections/?format=csv", "/corrections/feed/"):
        said = client.get(output).getvalue().decode()
        assert (SECRET in said) == readable
        assert "Version 2 was signed" in said


def test_kinds_are_filtered_and_stay_in_the_address(people: People, client: Client) -> None:
    withdrawn(signed_twice(people), people)
    hidden(pending(people), people)
    counts = {
        kind: len(told(client, f"?kind={kind}")) for kind in ("version", "withdrawn", "hidden", "shown", "nothing")
    }
    assert counts == {"version": 1, "withdrawn": 1, "hidden": 1, "shown": 0, "nothing": 3}
    assert 'href="?kind=hidden&amp;format=csv"' in read(client, "/corrections/?kind=hidden")


def test_pages_of_corrections_meet_each_once(people: People, client: Client) -> None:
    article = pending(people)
    for _ in range(12):
        article = lift(hidden(article, people), by=people.chair, reason="Again.")
    first = read(client, "/corrections/")
    (older,) = re.findall(r'href="(\?after=[^"]+)"', first)
    ids = [re.findall(r'id="correction-(\d+)"', page) for page in (first, read(client, f"/corrections/{older}"))]
    assert [len(page) for page in ids] == [20, 4]
    assert len({*ids[0], *ids[1]}) == 24


def test_the_file_of_corrections(people: People, client: Client) -> None:
    article = pending(people, question="=1+1 May drug A be given?")
    hidden(article, people)
    lines = list(csv.reader(io.StringIO(client.get("/corrections/?format=csv").getvalue().decode("utf-8-sig"))))
    assert lines[0] == ["When", "What", "Question", "Address", "What happened", "Change or reason"]
    assert lines[1][1:4] == ["Hidden for safety", "'=1+1 May drug A be given?", article.slug]


def test_the_feed_has_the_newest_fifty_and_full_addresses(people: People, client: Client) -> None:
    article = pending(people, question=f"May {HOSTILE} be given?")
    for _ in range(26):
        article = lift(hidden(article, people), by=people.chair, reason="Again.")
    response = client.get("/corrections/feed/")
    assert response["Content-Type"] == "application/atom+xml; charset=utf-8"
    feed = ElementTree.fromstring(response.content)
    entries = feed.findall(f"{ATOM}entry")
    assert len(entries) == 50
    assert entries[0].findtext(f"{ATOM}title") == f"Shown again: May {HOSTILE} be given?"
    assert entries[0].find(f"{ATOM}link").get("href") == f"http://testserver/articles/{article.slug}/"  # type: ignore[union-attr]
    assert len({entry.findtext(f"{ATOM}id") for entry in entries}) == 50


def test_what_xml_cannot_hold_breaks_no_feed(people: People, client: Client) -> None:
    article = submitted(people.editor)
    article.perform("withdraw", by=people.chair, reason="One\x0btwo\ufffe three\x1f.")
    feed = ElementTree.fromstring(client.get("/corrections/feed/").content)
    assert (feed.findtext(f"{ATOM}entry/{ATOM}summary") or "").endswith("One two  three .")


def test_hostile_reasons_show_as_text(people: People, client: Client) -> None:
    signed(people).perform("withdraw", by=people.chair, reason=HOSTILE)
    page = read(client, "/corrections/")
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(" in page


def test_corrections_go_by_their_index(people: People) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = 'articles_corrections'")
        (definition,) = cursor.fetchone()
    assert set(re.findall(r"'([a-z]+\.[a-z]+)'", definition)) == set(EVENTS)
    assert "articles_corrections" in history().order_by("-history_date", "-history_id")[:20].explain()


@pytest.mark.parametrize("page", ["/articles/{}/", "/articles/{}/versions/", "/"])
def test_pages_lead_to_the_corrections(page: str, people: People, client: Client) -> None:
    assert 'href="/corrections/"' in read(client, page.format(signed(people).slug))
