"""What the public is told, as a table; and the standing in Python and in SQL, which must not drift apart."""

import itertools
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from articles.models import Article
from articles.models.queries import ArticleQuerySet
from articles.standing import Standing, shows_text, standing
from oracle import clock
from tests.reading import (
    SITUATIONS,
    People,
    day_of,
    people_of_the_cast,  # noqa: F401
    read,
    withdrawn,
    words,
)

BOARD = "our Medical Advisory Board"
# Situation: word on the list, notice on the page, what the board vouches for.
OUTPUTS = {
    "approved": ("Approved", None, f"This article was reviewed by {BOARD}."),
    "overdue": (
        "Overdue for review",
        "Overdue for review",
        f"This article was reviewed by {BOARD} in the past; its next review is overdue.",
    ),
    "submitted": ("Submitted", "Not reviewed yet", f"Not yet reviewed by {BOARD}."),
    "under review": ("Under Review", "Not reviewed yet", f"Not yet reviewed by {BOARD}."),
    "sent back": ("Being revised", "Not reviewed yet", f"Not yet reviewed by {BOARD}."),
    "revoked": ("Submitted", "No longer approved", f"Not reviewed by {BOARD} at present: a signature was taken back."),
    "hidden, signed": (
        "Hidden for safety",
        "The text of this article is hidden",
        "Our Medical Advisory Board does not vouch for this article at present.",
    ),
    "withdrawn, signed": (
        None,
        "This article has been withdrawn",
        "Our Medical Advisory Board no longer vouches for this article.",
    ),
}
HEADINGS = {notice for _, notice, _ in OUTPUTS.values() if notice}
STATES = ("draft", "submitted", "under_review", "changes_requested", "approved", "withdrawn")


@pytest.mark.parametrize("name", OUTPUTS)
def test_each_standing_is_told_in_its_own_words(name: str, people: People, client: Client) -> None:
    label, notice, vouches = OUTPUTS[name]
    article = SITUATIONS[name][0](people)
    with day_of(name, article):
        markup, listed = read(client, f"/articles/{article.slug}/"), read(client, "/")
    assert {heading for heading in HEADINGS if f"<h2>{heading}</h2>" in markup} == ({notice} if notice else set())
    assert f"<p>{vouches} <a" in markup
    assert (f"{label} Last updated" if label else "There is nothing to read here") in words(listed)


@pytest.mark.parametrize("name", SITUATIONS)
def test_the_verbs_lead_to_the_standing_told(name: str, people: People) -> None:
    make, now, shown = SITUATIONS[name]
    article = make(people)
    with day_of(name, article):
        on, policy = clock.today(), "all" if "all withheld" in name else "high"
        article = Article.objects.get(pk=article.pk)
        assert (standing(article, on), shows_text(article, on, policy)) == (now, shown)
        assert [word for word, rows in words_of(on).items() if rows.filter(pk=article.pk).exists()] == [now]
        assert Article.objects.showing_text().filter(pk=article.pk).exists() == shown


def words_of(on: Any) -> dict[str, ArticleQuerySet]:
    """The query word of each standing."""
    rows = Article.objects.all()
    return {
        Standing.WITHDRAWN: rows.withdrawn(),
        Standing.SUSPENDED: rows.suspended(),
        Standing.OVERDUE: rows.overdue(on),
        Standing.APPROVED: rows.approved(on),
        Standing.PENDING: rows.pending(),
    }


def test_python_and_sql_agree_on_every_combination(people: People) -> None:
    first, second = (SITUATIONS[name][0](people).current_version for name in ("submitted", "revoked"))
    assert (first.outcome, second.outcome) == ("", "revoked")
    today = clock.today()
    facts = itertools.product(
        (None, {"on": today.isoformat(), "role": "chair", "reason": "x"}),
        (None, first.pk, second.pk),
        (None, first),
        (None, today - timedelta(days=1), today, today + timedelta(days=1)),
        ("standard", "high"),
        (first, second),
    )
    with transaction.atomic():
        Article.objects.bulk_create(
            Article(
                slug=f"row-{number}",
                specialties=["nephrology"],
                withdrawal=withdrawal,
                suspension=named and {"version": named, "role": "chair", "reason": "x", "at": "2026-01-01T00:00:00Z"},
                standing_version=stands,
                review_due=due,
                risk=risk,
                current_version=current,
            )
            for number, (withdrawal, named, stands, due, risk, current) in enumerate(facts)
        )
        rows = Article.objects.filter(slug__startswith="row-")
        for state in STATES:
            rows.update(state=state)
            compare(list(rows.select_related("current_version")), today)
        # These rows break guarantees that PostgreSQL checks at commit.
        transaction.set_rollback(True)


def compare(rows: list[Article], on: Any) -> None:
    assert len(rows) == 192
    by_python = {row.slug: standing(row, on) for row in rows}
    by_sql = {row.slug: word for word, found in words_of(on).items() for row in found.filter(slug__startswith="row-")}
    assert by_python == by_sql
    assert set(by_python.values()) == set(Standing)
    assert sum(found.filter(slug__startswith="row-").count() for found in words_of(on).values()) == 192
    for policy in ("none", "high", "all"):
        shown = {row.slug for row in rows if shows_text(row, on, policy)}
        assert shown == {row.slug for row in Article.objects.showing_text(policy).filter(slug__startswith="row-")}


def test_the_first_that_applies_is_told(people: People) -> None:
    article = withdrawn(SITUATIONS["hidden, signed"][0](people), people)
    assert article.suspension
    assert standing(article, clock.today()) == Standing.WITHDRAWN
