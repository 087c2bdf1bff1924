"""An entry opened: old and new in words, and what differs between them marked."""

import pytest
from django.test import Client
from django.urls import reverse

from oracle.accounts.models import User
from oracle.audit import timeline
from oracle.audit.changes import Change, _lines, changes
from oracle.audit.timeline import Filters
from reviews import checking
from tests import cast
from tests.test_timeline import HOSTILE, saved

pytestmark = pytest.mark.django_db


def test_an_entry_opens_on_old_and_new(client: Client, auditor: User, editor: User) -> None:
    article = cast.make_article(editor)
    saved(article, editor, HOSTILE)
    newest = timeline.entries(Filters(article=article.pk))[0]
    response = cast.sign_in(client, auditor).get(reverse("entry", args=[newest.table, newest.id]))
    (change,) = response.context["changes"]
    assert (change.label, change.old, change.new) == (
        "Direct answer",
        cast.content().direct_answer,
        f"{HOSTILE} [@one].",
    )
    page = response.content.decode()
    assert "&lt;script&gt;alert(" in page
    assert HOSTILE not in page
    assert reverse("desk_version", args=[article.slug, 1]) in page


def test_an_entry_names_people_and_choices_in_words(
    client: Client, auditor: User, editor: User, reviewer: User
) -> None:
    article, row = cast.under_review(editor, reviewer)
    checking.judge(row, row.version.fixed_claims[0].id, by=reviewer, verdict="cannot_tell")
    newest = timeline.entries(Filters(article=article.pk))[0]
    changes = cast.sign_in(client, auditor).get(reverse("entry", args=[newest.table, newest.id])).context["changes"]
    words = {change.label: (change.old, change.new) for change in changes}
    assert words["Verdict"] == ("nothing", "cannot tell")
    assert words["Reviewer"] == ("nothing", "Rita Reviewer")
    assert words["Version"] == ("nothing", "version 1")


def sides(old: str, new: str) -> tuple[list[str], list[str]]:
    left, right = Change("Text", old, new).sides
    return [part.text for part in left if part.differs], [part.text for part in right if part.differs]


def test_the_words_that_differ_are_marked_and_numbers_are_whole() -> None:
    assert sides("Give 2.5 mg daily.", "Give 7.5 mg daily.") == ([" 2.5 mg"], [" 7.5 mg"])
    assert sides("Give 5 mg/day at night.", "Give 5 mL/day at night.") == ([" 5 mg/day"], [" 5 mL/day"])
    assert sides("A 1,250 people trial", "A 1,350 people trial") == ([" 1,250"], [" 1,350"])
    assert sides("It is safe.", "It is not safe.") == ([], [" not"])
    for old, new in (("", " \n"), ("One two.\n", "One  three \n\n"), (HOSTILE, "5 mg 5 mg")):
        whole = ["".join(part.text for part in side) for side in Change("Text", old, new).sides]
        assert whole == [old, new]


def test_long_texts_and_nothing_are_shown_without_marks() -> None:
    long = "word " * 4_000 + "end"
    assert sides(long, "word") == ([], [])
    assert sides("nothing", "some words") == ([], [])
    assert sides(long[:20_000], "word") != ([], [])


def test_an_opened_entry_marks_what_changed(client: Client, auditor: User, editor: User) -> None:
    article = cast.make_article(editor)
    saved(article, editor, "Give 2.5 mg once")
    saved(article, editor, "Give 7.5 mg once")
    newest = timeline.entries(Filters(article=article.pk))[0]
    page = cast.sign_in(client, auditor).get(reverse("entry", args=[newest.table, newest.id])).content.decode()
    hidden = '<span class="visually-hidden">{}</span>'
    gone = f"<del>{hidden.format('deleted: ')} 2.5 mg{hidden.format(' (end of deletion)')}</del>"
    come = f"<ins>{hidden.format('inserted: ')} 7.5 mg{hidden.format(' (end of insertion)')}</ins>"
    assert f"<pre>Give{gone} once [@one].</pre>" in page
    assert f"<pre>Give{come} once [@one].</pre>" in page


def test_json_is_shown_as_lines_with_names_as_people_spell_them(client: Client, auditor: User, editor: User) -> None:
    article = cast.make_article(editor)
    history = article.current_version.history.latest("history_id")
    source = timeline.sources()["articles_historicalversion"]
    words = {change.label: change.new for change in changes(source, history.history_id)}
    assert "AI use" in words
    assert not [text for text in words.values() if text.startswith(("{", "["))]
    assert words["References"].splitlines()[0] == "1."
    use = {"ai_use": {"level": "none", "doi": ""}, "keys": ["one", {"a": True}], "none": []}
    top = ["AI use:", "    level: none", "    DOI: nothing"]
    assert list(_lines(use)) == [*top, "keys:", "    1. one", "    2.", "        a: yes", "none: nothing"]
