"""The editors' desk: who may see and do what, what lists cost, and that nothing typed runs or breaks a page."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from articles import drafts
from articles.models import Article, Report
from oracle.accounts.models import User

from .cast import amended, content, make_article, sign_in, submitted, under_review

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)> \"'&{{ 7 }}"


def fresh(article: Article) -> Article:
    return Article.objects.select_related("current_version").get(pk=article.pk)


def words(client: Client, name: str, *args: Any, query: str = "") -> str:
    answer = client.get(reverse(name, args=args) + query)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


# Who.

GETS: dict[str, tuple[Any, ...]] = {
    "articles": (),
    "new_article": (),
    "record": ("slug",),
    "edit": ("slug",),
    "match_numbers": ("slug",),
    "edit_references": ("slug",),
    "submit": ("slug",),
    "desk_version": ("slug", 1),
    "compare": ("slug", 1, 1),
    "reports": (),
}
READ = {"articles", "record", "desk_version", "compare", "reports"}
POSTS = {"do": ("slug", "discard"), "quick_fix": ("slug",), "waive": ("slug",)}


@pytest.mark.parametrize("name", [*GETS, *POSTS])
@pytest.mark.parametrize("who", ["editor2", "reviewer", "chair", "auditor", "administrator", "outsider", "superuser"])
def test_the_ladder_of_refusals(
    client: Client, editor: User, request: pytest.FixtureRequest, who: str, name: str
) -> None:
    article = make_article(editor)
    given = GETS | POSTS
    address = reverse(name, args=[article.slug if part == "slug" else part for part in given[name]])
    sign_in(client, request.getfixturevalue(who))
    answer = client.post(address, {"sure": "1"}) if name in POSTS else client.get(address)
    if who in ("administrator", "outsider", "superuser"):
        assert answer.status_code == 404
    elif who == "editor2":
        assert answer.status_code in (200, 302, 409)
    else:
        assert answer.status_code == (200 if name in READ else 403)
    assert fresh(article).state == ("withdrawn" if (who, name) == ("editor2", "do") else "draft")


@pytest.mark.parametrize("name", [*GETS, *POSTS])
def test_nobody_unknown_sees_any_of_it(client: Client, editor: User, name: str) -> None:
    article = make_article(editor)
    address = reverse(name, args=[article.slug if part == "slug" else part for part in (GETS | POSTS)[name]])
    answer = client.post(address) if name in POSTS else client.get(address)
    assert (answer.status_code, answer["Location"].split("?")[0]) == (302, reverse("account_login"))


@pytest.mark.parametrize("name", ["hide", "show"])
@pytest.mark.parametrize(("who", "hide", "show"), [("editor", 403, 403), ("auditor", 403, 403), ("outsider", 404, 404)])
def test_hiding_is_for_the_board(
    client: Client, editor: User, request: pytest.FixtureRequest, who: str, hide: int, show: int, name: str
) -> None:
    article = submitted(editor)
    sign_in(client, request.getfixturevalue(who))
    expected = hide if name == "hide" else show
    assert client.get(reverse(name, args=[article.slug])).status_code == expected
    assert client.post(reverse(name, args=[article.slug]), {"reason": "Why"}).status_code == expected
    assert fresh(article).suspension is None


def test_a_frozen_text_has_no_page_to_write(client: Client, editor: User) -> None:
    article = submitted(editor)
    sign_in(client, editor)
    for name in ("edit", "match_numbers", "edit_references", "submit"):
        assert client.get(reverse(name, args=[article.slug])).status_code == 409


# What is typed.

FIELDS = ("question", "direct_answer", "title", "professional", "plain")


def test_hostile_words_in_every_field_show_as_text(client: Client, editor: User, chair: User, reviewer: User) -> None:
    reference = {"type": "webpage", "title": HOSTILE, "author": [{"literal": HOSTILE}], "container-title": HOSTILE}
    hostile = {
        name: f"{HOSTILE} [@one]" if name in ("direct_answer", "professional", "plain") else HOSTILE for name in FIELDS
    }
    article = make_article(
        editor,
        **hostile,
        references=[reference | {"id": "one"}],
        evidence=[{"key": "one", "quote": HOSTILE, "place": HOSTILE}],
        abbreviations={"CKD": HOSTILE},
        ai_use={"level": "drafted", "tool": HOSTILE, "purpose": HOSTILE, "checked_by": HOSTILE},
        funding=HOSTILE,
    )
    Report.objects.create(article=article, text=HOSTILE, page=HOSTILE, contact="a@example.org")
    sign_in(client, editor)
    base = article.current_version.fingerprint
    late = client.post(reverse("edit", args=[article.slug]), {**hostile, "base": "0", "abbreviations": ""})
    assert late.status_code == 409
    pages = [late.content.decode(), words(client, "articles"), words(client, "reports")]
    pages += [
        words(client, name, article.slug) for name in ("edit", "match_numbers", "edit_references", "submit", "record")
    ]
    pages += [
        words(client, "edit_references", article.slug, query="?key=one"),
        words(client, "desk_version", article.slug, 1),
    ]
    pages += [words(client, "articles", query="?q=%3Cscript%3Ealert(1)%3C/script%3E")]
    drafts.save(article, by=editor, base=base, content=content())
    sent = fresh(article).perform("submit", by=editor).perform("recall", by=editor, reason=HOSTILE)
    pages += [words(client, "compare", sent.slug, 1, 2), words(client, "record", sent.slug)]
    withdrawn = sent.perform("withdraw", by=chair, reason=HOSTILE)
    pages.append(words(client, "record", withdrawn.slug))
    for page in pages:
        assert "<script>alert" not in page
        assert "<img src=x" not in page


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("edit", {"question": "a\x00b", "base": "x"}),
        ("edit", {"question": "q", "base": "x" * 5000}),
        ("edit", {"question": "q" * 301, "base": "x"}),
        ("edit", {"question": "q", "professional": "p" * 200_001, "base": "x"}),
        ("edit", {}),
        ("edit", {"question": "q", "direct_answer": "a", "title": "t", "professional": "p"}),
        ("edit_references", {"action": "save", "title": "t\x00"}),
        ("edit_references", {"action": "save", "title": "t", "kind": "gossip"}),
        ("edit_references", {"action": "save", "title": "t", "kind": "research", "doi": "ten"}),
        ("edit_references", {"action": "save", "title": "t", "kind": "research", "year": "99999"}),
        ("edit_references", {"action": "save", "title": "t", "kind": "research", "key": "1 2"}),
        ("edit_references", {"action": "paste", "csl_json": "{"}),
        ("edit_references", {"action": "paste", "csl_json": "[" * 20_000}),
        ("edit_references", {"action": "paste", "csl_json": '[{"title": "\\u0000"}]'}),
        ("edit_references", {"action": "paste", "csl_json": '[{"title": "\\ud800"}]'}),
        ("edit_references", {"action": "paste", "csl_json": "7"}),
        ("edit_references", {"action": "quote", "reference": "one", "quote": ""}),
        ("edit_references", {"action": "quote", "reference": "nobody", "quote": "q"}),
        ("edit_references", {"action": "remove", "reference": "one"}),
        ("edit_references", {"action": "unquote", "passage": "-1"}),
        ("edit_references", {"action": "unquote", "passage": "²"}),
        ("edit_references", {"action": "explode"}),
        ("edit_references", {}),
        ("quick_fix", {}),
        ("quick_fix", {"fix": "remove-reference:one"}),
        ("quick_fix", {"fix": "set-kind:one:gossip"}),
        ("quick_fix", {"fix": "rm:-rf"}),
        ("waive", {}),
        ("waive", {"rule": "unknown", "reason": "r"}),
        ("waive", {"rule": "uncited-reference", "reason": "\x00"}),
        ("submit", {}),
        ("submit", {"main_specialty": "astrology", "risk": "huge", "level": "?", "funding": "\x00"}),
    ],
)
def test_bad_input_is_refused_and_changes_nothing(
    client: Client, editor: User, name: str, given: dict[str, str]
) -> None:
    article = make_article(editor)
    base = article.current_version.fingerprint
    sign_in(client, editor)
    answer = client.post(reverse(name, args=[article.slug]), {"base": base} | given)
    assert answer.status_code in (409, 422)
    assert (fresh(article).state, fresh(article).current_version.fingerprint) == ("draft", base)


@pytest.mark.parametrize(
    "address",
    [
        "/desk/articles/?after=0&sort=none",
        "/desk/articles/?before=99999999999999999999&after=%E2%82%AC",
        "/desk/articles/?holder=²&where=nowhere&risk=x&specialty=x&q=%25%27--",
        "/desk/articles/?q=" + "x" * 5000,
        "/desk/reports/?after=x&done=2",
    ],
)
def test_strange_addresses_of_lists_are_answered(client: Client, editor: User, address: str) -> None:
    make_article(editor)
    assert sign_in(client, editor).get(address).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "versions/2/",
        "compare/1/9/",
        "compare/0/1/",
        "versions/99999999999/",
        "references/?key=nobody",
        "versions/1/?for=dogs",
    ],
)
def test_what_is_not_there_is_not_found(client: Client, editor: User, path: str) -> None:
    article = make_article(editor)
    assert sign_in(client, editor).get(f"/desk/articles/{article.slug}/{path}").status_code == 404


# What each list costs.


def queries(client: Client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as counted:
        assert client.get(address).status_code == 200
    return len(counted)


def _draft(editor: User, reviewer: User, number: int) -> None:
    make_article(editor, question=f"Question {number}?")


def _waiting(editor: User, reviewer: User, number: int) -> None:
    under_review(editor, reviewer, question=f"Question {number}?")


def _report(editor: User, reviewer: User, number: int) -> None:
    Report.objects.create(text="wrong", article=make_article(editor, question=f"Question {number}?"))


@pytest.mark.parametrize(
    ("address", "make", "cost"),
    [
        ("/desk/articles/", _draft, 8),
        ("/desk/articles/?where=board", _waiting, 8),
        ("/desk/reports/", _report, 5),
    ],
)
def test_a_list_costs_the_same_at_one_and_three_rows(
    client: Client, editor: User, reviewer: User, address: str, make: Callable[..., None], cost: int
) -> None:
    sign_in(client, editor)
    make(editor, reviewer, 1)
    one = queries(client, address)
    make(editor, reviewer, 2)
    make(editor, reviewer, 3)
    assert (one, queries(client, address)) == (cost, cost)


def test_the_record_costs_the_same_at_one_and_three_versions(client: Client, editor: User) -> None:
    sign_in(client, editor)
    article = submitted(editor)
    one = queries(client, reverse("record", args=[article.slug]))
    for _ in range(2):
        article = amended(article.perform("recall", by=editor, reason="x"), editor).perform("submit", by=editor)
    assert (one, queries(client, reverse("record", args=[article.slug]))) == (13, 13)
