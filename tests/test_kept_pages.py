"""A kept page of an article goes out only while it says what one made anew would say, whatever has changed since."""

from collections.abc import Callable
from datetime import timedelta
from threading import Event, Thread
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from articles.models import Article, Document, Specialty
from articles.models.suspension import lift
from articles.views import kept, public
from oracle import clock
from oracle.audit.history import record
from tests.cast import sign_in
from tests.reading import (
    SECRET,
    SITUATIONS,
    People,
    after,
    day_of,
    hidden,
    pending,
    people_of_the_cast,  # noqa: F401
    policy,
    signed,
    withdrawn,
)

QUERIES = ("", "?for=patient", "?for=student")


@pytest.fixture(autouse=True)
def nothing_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(public, "KEPT", kept.Kept())


def pages(slug: str) -> list[tuple[int, str, bytes]]:
    answers = [Client().get(f"/articles/{slug}/{query}") for query in QUERIES]
    return [(answer.status_code, answer.get("ETag", ""), answer.content) for answer in answers]


def made_anew(slug: str, monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, str, bytes]]:
    with monkeypatch.context() as patch:
        patch.setattr(public, "KEPT", kept.Kept())
        return pages(slug)


@pytest.mark.parametrize("name", SITUATIONS)
def test_on_the_way_to_every_situation_no_page_is_old(
    name: str, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every step's writes are looked at one by one: a page is asked for after each."""
    seen: set[str] = set()
    whole = Article.perform

    def watched(article: Article, *args: object, **others: object) -> Article:
        done = whole(article, *args, **others)  # type: ignore[arg-type]
        seen.add(done.slug)
        assert pages(done.slug) == made_anew(done.slug, monkeypatch)
        return done

    monkeypatch.setattr(Article, "perform", watched)
    article = SITUATIONS[name][0](people)
    for day in (clock.today(), clock.today() + timedelta(days=1)):
        with after(day):
            assert pages(article.slug) == made_anew(article.slug, monkeypatch)
    with day_of(name, article):
        assert pages(article.slug) == made_anew(article.slug, monkeypatch)
    assert article.slug in seen


def renamed(article: Article, people: People) -> None:
    specialty = Specialty.objects.get(slug="nephrology")
    specialty.name = "Kidney medicine"
    record(specialty, by=None, event="specialty.save")


def another_document(kind: str) -> Callable[[Article, People], None]:
    def make(article: Article, people: People) -> None:
        record(Document(kind=kind, number=2, body="Other words."), by=None, event="document.save")

    return make


CHANGES: dict[str, Callable[[Article, People], object]] = {
    "a specialty has another name": renamed,
    "a newer policy": lambda article, people: policy(2, "high"),
    "a newer disclaimer": another_document("disclaimer_professional"),
    "another text is no longer all reviewed": lambda article, people: pending(people, question="Another?"),
    "it is hidden": hidden,
    "it is withdrawn": withdrawn,
    "it is withdrawn for another": lambda article, people: article.perform(
        "withdraw", by=people.chair, reason="Old.", replacement=signed(people)
    ),
    "it is revised": lambda article, people: article.perform("revise", by=people.editor),
}


@pytest.mark.parametrize("name", CHANGES)
def test_what_a_page_depends_on_changes_it_at_once(name: str, people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    article = signed(people)
    before = pages(article.slug)
    assert before == pages(article.slug)
    CHANGES[name](article, people)
    now = pages(article.slug)
    assert now == made_anew(article.slug, monkeypatch)
    assert now != before


@pytest.mark.django_db(transaction=True)
def test_a_rendering_made_anew_is_shown_at_once(people: People, as_owner: Callable[[str], None]) -> None:
    article = signed(people)
    before = pages(article.slug)
    as_owner(
        "INSERT INTO articles_rendering (version_id, article_id, made_at, reason, parts) "
        "SELECT version_id, article_id, now(), 'rerender', replace(parts::text, 'lowered', 'eased')::jsonb "
        "FROM articles_rendering"
    )
    now = pages(article.slug)
    assert [(b"lowered" in body, b"eased" in body) for _, _, body in before[:1]] == [(True, False)]
    assert [(b"lowered" in body, b"eased" in body) for _, _, body in now[:1]] == [(False, True)]


def test_what_changes_after_the_marks_were_read_is_in_the_page(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    article = signed(people)
    first = pages(article.slug)
    asked = public.marks

    def then_hide(*of: object) -> str | None:
        found = asked(*of)  # type: ignore[arg-type]
        monkeypatch.setattr(public, "marks", asked)
        hidden(article, people)
        return found

    monkeypatch.setattr(public, "KEPT", kept.Kept())
    monkeypatch.setattr(public, "marks", then_hide)
    now = pages(article.slug)
    assert now == made_anew(article.slug, monkeypatch) == pages(article.slug)
    assert [SECRET.encode() in body for _, _, body in (first[0], now[0])] == [True, False]


def test_a_page_that_was_old_when_it_was_kept_is_not_shown(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    article = signed(people)
    keep = kept.Kept._keep

    def hide_then(self: kept.Kept, *of: object) -> None:
        monkeypatch.setattr(kept.Kept, "_keep", keep)
        hidden(article, people)
        keep(self, *of)  # type: ignore[arg-type]

    monkeypatch.setattr(kept.Kept, "_keep", hide_then)
    assert SECRET.encode() in Client().get(f"/articles/{article.slug}/").content
    assert SECRET.encode() not in Client().get(f"/articles/{article.slug}/").content


@pytest.mark.django_db(transaction=True)
def test_once_a_text_is_hidden_no_thread_is_given_it(people: People) -> None:
    article = signed(people)
    url, over = f"/articles/{article.slug}/", Event()
    done = [0]  # odd while the text is hidden
    wrong: list[int] = []

    def read() -> None:
        while not over.is_set():
            before = done[0]
            shown = SECRET.encode() in Client().get(url).content
            if shown and before % 2 and before == done[0]:
                wrong.append(before)
        connection.close()

    threads = [Thread(target=read) for _ in range(3)]
    for thread in threads:
        thread.start()
    for _ in range(3):
        hidden(article, people)
        done[0] += 1
        assert SECRET.encode() not in Client().get(url).content
        done[0] += 1
        lift(article, by=people.chair, reason="It was a misunderstanding.")
        assert SECRET.encode() in Client().get(url).content
    over.set()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_who_is_signed_in_gets_no_kept_page_and_leaves_none(people: People, client: Client) -> None:
    article = signed(people)
    url = f"/articles/{article.slug}/"
    body = sign_in(client, people.reviewer2).get(url).content.decode()
    assert "Hide this text now" in body
    assert "Hide this text now" not in Client().get(url).content.decode()
    assert "Hide this text now" in client.get(url).content.decode()


def test_another_address_of_the_site_has_its_own_page(people: People, settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["one.example", "two.example"]
    url = f"/articles/{signed(people).slug}/"
    for host in ("one.example", "two.example", "one.example"):
        assert f'href="http://{host}{url}"' in Client().get(url, headers={"Host": host}).content.decode()


def test_the_pages_asked_for_last_are_kept_within_the_room_there_is() -> None:
    store = kept.Kept(most=3, room=100)
    made: list[str] = []

    def ask(address: str, size: int = 10, marks: str = "same") -> None:
        def make() -> kept.Page:
            made.append(address)
            return kept.Page(marks, b"x" * size)

        assert len(store.response(address, marks, make).content) == size

    for address in "abcadb":
        ask(address)
    assert made == list("abcdb")
    ask("a", marks="other")
    ask("a", marks="same")
    assert made[5:] == ["a", "a"]
    ask("big", size=95)
    ask("huge", size=101)
    ask("a")
    assert made[7:] == ["big", "huge", "a"]
    assert store.size == 10
