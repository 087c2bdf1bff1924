"""Search finds what readers may read now, in their wording, and shows it as text; nothing typed breaks it."""

import html
import re
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.utils.html import escape

from articles.models import SearchText
from articles.models.search_text import LONGEST, search_texts
from articles.passages import MARKS, passages
from articles.text.markup import without_markup
from articles.text.rendering import render_content
from tests.cast import amended, approved, content, make_article, submitted
from tests.reading import (
    SECRET,
    SITUATIONS,
    People,
    day_of,
    hidden,
    pending,
    people_of_the_cast,  # noqa: F401
    read,
    signed,
)
from tests.test_hidden_text import HOSTILE


def search(client: Client, q: str, **others: str) -> str:
    return read(client, f"/search/?{urlencode({'q': q} | others)}")


def questions(page: str) -> list[str]:
    """The questions found, in their order."""
    return [html.unescape(found) for found in re.findall(r'<p class="row-title"><a [^>]*>([^<]*)</a>', page)]


def found_passages(page: str) -> list[str]:
    """The passages, as markup."""
    return re.findall(r'<p class="passage">(.*?)</p>', page)


@pytest.mark.parametrize("name", SITUATIONS)
def test_a_text_is_found_only_where_it_may_be_read(name: str, people: People, client: Client) -> None:
    make, standing, shown = SITUATIONS[name]
    article = make(people)
    says_so = shown and name != "signed twice"  # There only the earlier version does.
    with day_of(name, article):
        for reader in ("", "patient", "student"):
            page = search(client, SECRET, **{"for": reader})
            assert (len(questions(page)), bool(found_passages(page))) == (says_so, says_so)
            # The question of what is withheld or hidden is public; withdrawn articles are in no list.
            page = search(client, "kidney", **{"for": reader})
            assert len(questions(page)) == (standing != "withdrawn")
            assert shown or not found_passages(page)


def test_what_a_hidden_text_says_decides_nothing(people: People, client: Client) -> None:
    article = signed(people)
    assert questions(search(client, f"drug -{SECRET}")) == []
    hidden(article, people)
    assert len(questions(search(client, f"drug -{SECRET}"))) == 1
    assert questions(search(client, f'drug "{SECRET} was stopped"')) == []


def test_only_the_version_shown_is_searched(people: People, client: Client) -> None:
    article = approved(people.editor, people.reviewer, title="Alphamab")
    article = amended(article.perform("revise", by=people.editor), people.editor, title="Betamab")
    article.perform("submit", by=people.editor)
    assert [len(questions(search(client, word))) for word in ("Alphamab", "Betamab")] == [1, 0]


def test_each_reader_is_searched_for_in_their_wording(people: People, client: Client) -> None:
    wordings = {"professional": "Give CKD patients half [@one].\n", "plain": "Weak kidneys need less [@one].\n"}
    submitted(people.editor, abbreviations={"CKD": "chronic kidney disease"}, **wordings)
    found = {
        word: [bool(found_passages(search(client, word, **{"for": reader}))) for reader in ("", "patient", "student")]
        for word in ("CKD", "chronic", "weak")
    }
    assert found == {"CKD": [True, False, True], "chronic": [False, False, True], "weak": [False, True, False]}


def test_without_a_plain_wording_patients_search_the_professional_one(people: People, client: Client) -> None:
    article = submitted(people.editor, plain="")
    assert len(found_passages(search(client, "adults", **{"for": "patient"}))) == 1
    kept = SearchText.objects.filter(article=article)
    assert [row.audiences for row in kept] == [["professional", "student", "plain"]]


def test_phrases_minus_and_forms_of_words(people: People, client: Client) -> None:
    submitted(people.editor, question="May insulin be stopped at night?")
    submitted(people.editor, question="May doses of insulin be missed?")
    asked = ("insulin", "dose insulin", '"insulin be stopped"', "insulin -missed", "stopping", "insulin or aspirin")
    assert [len(questions(search(client, q, topic="nephrology"))) for q in asked] == [2, 2, 1, 1, 2, 2]


def test_the_best_match_comes_first_or_the_newest(people: People, client: Client) -> None:
    submitted(people.editor, question="May warfarin be given with warfarin?")
    submitted(people.editor, question="May drug B be given?", title="Warfarin and others")
    best, newest = search(client, "warfarin"), search(client, "warfarin", sort="newest")
    assert questions(best) == ["May warfarin be given with warfarin?", "May drug B be given?"]
    assert questions(newest) == questions(best)[::-1]


def test_filters_narrow_and_stay_in_the_address(people: People, client: Client) -> None:
    signed(people)
    pending(people, specialties=("cardiology", "nephrology"))
    counts = {
        query: len(questions(search(client, "drug", **dict([query.split("=")]))))
        for query in ("status=reviewed", "status=awaiting", "status=overdue", "topic=cardiology", "topic=nephrology")
    }
    assert list(counts.values()) == [1, 1, 0, 1, 2]
    page = search(client, "drug", topic="nephrology", status="reviewed", **{"for": "patient"})
    assert '<option value="nephrology" selected>' in page
    assert '<input type="hidden" name="for" value="patient">' in page
    assert 'href="?q=drug&amp;topic=nephrology&amp;status=reviewed&amp;for=student"' in page


def test_pages_of_results_meet_every_article_once(people: People, client: Client) -> None:
    for number in range(23):
        submitted(people.editor, question=f"May warfarin be given on day {number}?")
    first = search(client, "warfarin")
    (older,) = re.findall(r'href="([^"]+)" rel="next"', first)
    second = read(client, f"/search/{html.unescape(older)}")
    assert len(set(questions(first) + questions(second))) == 23
    assert (len(questions(first)), len(questions(second))) == (20, 3)


EMPTY = ["the", "a the of", "-heart", "a or -b", "!?", "'", '"', '"""', "\\", ":*", "&|!()<->", "%", "a " * 5_000]
# Whether these are words is for the locale of the database to say.
PERHAPS = ["🙂", "\ue000\ue001\ue002"]
ODD = [*EMPTY, *PERHAPS, "' or 1=1 --", "é" * 10_000, "x" * 10_000, "\t\n\x1f", "<script>"]


@pytest.mark.parametrize("q", ODD)
def test_odd_words_get_a_page(q: str, people: People, client: Client) -> None:
    pending(people)
    page = search(client, q)
    assert "<script>" not in page
    assert q in PERHAPS or ("nothing to look for" in page) == (q in EMPTY)


@pytest.mark.parametrize("query", ["q=%00", "q=a%00b"])
def test_nul_is_refused(query: str, client: Client, founded: None) -> None:
    assert client.get(f"/search/?{query}").status_code == 400


@pytest.mark.parametrize(
    "query", ["q=%ff%fe", "q=%ed%a0%80", "q=drug&after=x&before=%80", "q[]=x", "q=drug&topic=x&status=x"]
)
def test_odd_addresses_get_a_page(query: str, people: People, client: Client) -> None:
    pending(people)
    assert client.get(f"/search/?{query}").status_code == 200


MARKED = f"{MARKS[0]}<img src=x onerror=alert(1)>{MARKS[1]}{MARKS[2]}"


@pytest.mark.parametrize(
    "hostile",
    [
        HOSTILE,
        MARKED,
        "<mark>x</mark>",
        "&lt;script&gt;alert(1)&lt;/script&gt;",
        "<b>",
        "</p></li>",
        '"><svg onload=x>',
    ],
)
def test_hostile_texts_are_shown_as_text(hostile: str, people: People, client: Client) -> None:
    fields: dict[str, Any] = {
        "question": f"May warfarin {hostile} be given?",
        "direct_answer": f"Warfarin {hostile} may be given [@one].",
        "title": f"{hostile} warfarin {hostile}",
        "professional": f"## Warfarin {hostile}\n\nGive warfarin {hostile} warfarin daily [@one].\n",
    }
    pending(people, **fields)
    page = search(client, "warfarin")
    own = set(re.findall(r"<(/?\w+)", "".join(found_passages(page))))
    assert own == {"mark", "/mark"}
    assert "<mark>Warfarin</mark>" in page
    assert all(text not in page for text in ("<script>alert", "<img src=x", "<svg onload"))
    assert not set(MARKS) & set("".join(found_passages(page)))
    assert search(client, hostile).count("<script") == page.count("<script")


def test_marks_that_somebody_wrote_are_gone() -> None:
    assert without_markup(f"<p>a {escape(MARKED)} b</p>") == "a <img src=x onerror=alert(1)> b"
    assert without_markup("<p>one<br>two</p><ul><li>three <em>four</em></li></ul>") == "one\ntwo\nthree four"
    cited = '<p>5 mg&nbsp;<sup class="cite"><a href="#">[1]</a></sup>, &lt; 10 mg.</p>'
    assert without_markup(cited) == "5 mg, < 10 mg."


def test_passages_are_pieces() -> None:
    begin, end, between = MARKS
    found = passages(f"a {begin}b{end} c{between}nothing{between}{begin}d{end}")
    assert [[(piece.text, piece.found) for piece in passage] for passage in found] == [
        [("a ", False), ("b", True), (" c", False)],
        [("d", True)],
    ]
    assert passages(None) == passages("") == []


def test_a_text_of_any_size_is_kept_for_search(people: People, client: Client) -> None:
    parts = render_content(content())
    parts["professional"]["body"] = "<p>" + " ".join(f"w{number:x}" for number in range(200_000)) + "</p>"
    (body, _), *_ = search_texts(parts)
    assert len(body) == LONGEST
    article = make_article(people.editor)
    SearchText.keep(article.current_version, parts)
    assert SearchText.objects.filter(article=article).count() == 3


def test_words_are_kept_once_and_for_ever(people: People) -> None:
    article = submitted(people.editor)
    before = list(SearchText.objects.values_list("pk", flat=True))
    SearchText.keep(article.current_version, render_content(article.current_version.content))
    assert list(SearchText.objects.values_list("pk", flat=True)) == before
    assert [row.audiences for row in SearchText.objects.order_by("pk")] == [["professional", "student"], ["plain"]]
