"""Two editors on one text: the later save is refused, and neither text is lost."""

import pytest
from django.test import Client
from django.urls import reverse

from articles import drafts
from articles.models import Article, Version
from articles.reference_list import quick_fix
from oracle.accounts.models import User

from .cast import make_article, sign_in

MINE = "Yes, at a third of the dose [@one]. <b>Mine</b>"
THEIRS = "No, not in dialysis [@one]."


def form_of(article: Article, **changes: str) -> dict[str, str]:
    version = article.current_version
    names = ("question", "direct_answer", "title", "professional", "plain")
    texts = {name: getattr(version, name).replace("\n", "\r\n") for name in names}
    return {"base": version.fingerprint, "abbreviations": "", **texts, **changes}


def stored(article: Article) -> Version:
    return article.versions.latest("number")


def save(client: Client, article: Article, given: dict[str, str]) -> tuple[int, str]:
    answer = client.post(reverse("edit", args=[article.slug]), given)
    return answer.status_code, answer.content.decode()


@pytest.fixture
def raced(client: Client, editor: User, editor2: User) -> tuple[Article, dict[str, str]]:
    """Edith has the page open; Edgar saves another answer and adds a reference."""
    article = make_article(editor)
    mine = form_of(article, direct_answer=MINE)
    sign_in(client, editor2)
    assert save(client, article, form_of(article, direct_answer=THEIRS))[0] == 302
    sign_in(client, editor)
    return article, mine


def test_a_save_on_the_newest_text_is_kept_with_its_author(client: Client, editor: User) -> None:
    article = make_article(editor)
    sign_in(client, editor)
    assert save(client, article, form_of(article, direct_answer=MINE))[0] == 302
    newest = stored(article).history.first()
    assert (stored(article).direct_answer, newest.history_user, newest.history_event) == (MINE, editor, "version.save")


def test_a_save_without_a_change_writes_nothing(client: Client, editor: User) -> None:
    """Nor does the editor's page make one of it (F20)."""
    article = make_article(editor)
    before = stored(article).history.count()
    sign_in(client, editor)
    answer = client.post(reverse("edit", args=[article.slug]), form_of(article), follow=True)
    assert "Nothing was changed, so nothing was saved." in answer.content.decode()
    assert stored(article).history.count() == before


def test_a_late_save_is_refused_and_both_texts_are_on_the_page(
    client: Client, raced: tuple[Article, dict[str, str]]
) -> None:
    article, mine = raced
    status, page = save(client, article, mine)
    assert status == 409
    assert "Edgar Editor" in page
    assert "third of the dose [@one]. &lt;b&gt;Mine&lt;/b&gt;</textarea>" in page
    assert "No, not in dialysis [@one].</textarea>" in page
    assert "<ins>" in page
    assert "<del>" in page
    assert stored(article).direct_answer == THEIRS


def test_mine_can_be_saved_over_theirs_which_stays_in_the_history(
    client: Client, raced: tuple[Article, dict[str, str]]
) -> None:
    article, mine = raced
    assert save(client, article, mine | {"base": stored(article).fingerprint})[0] == 302
    assert stored(article).direct_answer == MINE
    assert [row.direct_answer for row in stored(article).history.all()][:2] == [MINE, THEIRS]


def test_theirs_can_be_the_base_with_mine_below_it(client: Client, raced: tuple[Article, dict[str, str]]) -> None:
    article, mine = raced
    status, page = save(client, article, mine | {"base": stored(article).fingerprint, "theirs": "1"})
    assert status == 200
    assert "Your own text, to copy from" in page
    assert "third of the dose [@one]. &lt;b&gt;Mine&lt;/b&gt;</textarea>" in page
    assert f"{THEIRS}</textarea>" in page
    assert stored(article).direct_answer == THEIRS


def test_ones_own_text_stays_over_every_save_until_it_is_put_away(
    client: Client, raced: tuple[Article, dict[str, str]]
) -> None:
    article, mine = raced
    _, page = save(client, article, mine | {"base": stored(article).fingerprint, "theirs": "1"})
    assert 'href="#mine"' in page
    assert "data-unsaved" in page
    kept = {"mine-1-direct_answer": MINE}
    now = Article.objects.get(pk=article.pk)
    status, page = save(client, now, form_of(now, title="Theirs, mended") | kept)
    assert (status, stored(article).title) == (200, "Theirs, mended")
    assert "&lt;b&gt;Mine&lt;/b&gt;</textarea>" in page
    now = Article.objects.get(pk=article.pk)
    late = form_of(now, title="Too late", base="0" * 64) | kept
    assert 'name="mine-1-direct_answer"' in save(client, article, late)[1]
    again = save(client, article, late | {"base": stored(article).fingerprint, "theirs": "1"})[1]
    assert ('name="mine-1-direct_answer"' in again, 'name="mine-2-title"' in again) == (True, True)
    assert save(client, now, form_of(now) | kept | {"dismiss": "1"})[0] == 302


def test_text_that_came_back_counts_as_unsaved(client: Client, raced: tuple[Article, dict[str, str]]) -> None:
    article, mine = raced
    edit = reverse("edit", args=[article.slug])
    assert "data-unsaved" not in client.get(edit).content.decode()
    assert "data-unsaved" in save(client, article, mine | {"abbreviations": "no equals"})[1]
    late = save(client, article, mine)[1]
    assert ("data-editor data-unsaved" in late, "oracle/editor.js" in late) == (True, True)


def test_a_reference_added_meanwhile_makes_a_save_stale_too(client: Client, editor: User) -> None:
    article = make_article(editor)
    mine = form_of(article, direct_answer=MINE)
    drafts.change(
        article,
        quick_fix("set-kind:two:guideline"),
        by=editor,
        base=mine["base"],
        event="version.fix",
    )
    sign_in(client, editor)
    assert save(client, article, mine)[0] == 409
    assert save(client, article, mine | {"base": stored(article).fingerprint})[0] == 302
    assert stored(article).references[1]["custom"] == {"kind": "guideline"}


def test_a_text_sent_to_the_board_meanwhile_is_refused_with_mine_to_copy(client: Client, editor: User) -> None:
    article = make_article(editor)
    mine = form_of(article, direct_answer=MINE)
    article.perform("submit", by=editor)
    sign_in(client, editor)
    status, page = save(client, article, mine)
    assert status == 409
    assert "its text is frozen and cannot be changed" in page
    assert "&lt;b&gt;Mine&lt;/b&gt;</textarea>" in page
    assert "Save mine over theirs" not in page
    assert stored(article).direct_answer != MINE


def test_bad_input_comes_back_as_typed(client: Client, editor: User) -> None:
    article = make_article(editor)
    sign_in(client, editor)
    status, page = save(client, article, form_of(article, question="", direct_answer=MINE, abbreviations="no equals"))
    assert status == 422
    assert "&lt;b&gt;Mine&lt;/b&gt;</textarea>" in page
    assert "Line 1 is not like" in page
    assert page.count("One thing must be mended") == 1
    assert page.index("</h1>") < page.index("One thing must be mended") < page.index("data-editor")
