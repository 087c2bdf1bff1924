"""An editor's *To do*: each group whole, each row with one next step, and no text read for it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.formats import date_format

from articles import drafts
from articles.models import Article, Report
from articles.views import tasks
from articles.views.safety_tasks import safety_tasks
from articles.views.tasks import editor_tasks
from oracle import clock
from oracle.accounts.models import Role, User
from reviews import discussion, interests, rounds
from reviews.models import Conflict

from .cast import approved, board_member, content, make_article, revised, sign_in, submitted, under_review
from .cast import person as cast_person


def lines(editor: User) -> list[tuple[str, list[str], str, str]]:
    return [(task.group, task.facts, task.button, task.url) for task in editor_tasks(editor)]


def groups(editor: User) -> list[tuple[str, str]]:
    return [(task.group, task.question) for task in editor_tasks(editor)]


def sent_back(editor: User, reviewer: User, **changes: Any) -> Article:
    _, row = under_review(editor, reviewer, **changes)
    discussion.comment(row, by=reviewer, body="Where is the source?", blocking=True)
    return rounds.ask_for_changes(row, by=reviewer, reason="Mend it.")


def test_each_task_says_where_it_stands_and_has_one_next_step(editor: User, editor2: User, reviewer: User) -> None:
    now = clock.now().replace(hour=12, minute=2, second=0)
    whole_at = now - timedelta(days=3)
    with clock.moved_to(whole_at):
        whole = make_article(editor2, question="Whole?")
    with clock.moved_to(now):
        unfinished = make_article(editor, question="Unfinished?", title=" ", direct_answer="")
        numbered = drafts.create(
            content(question="Numbered?", direct_answer="Yes [1]."),
            by=editor,
            specialties=["nephrology"],
            risk="standard",
            proposals={"1": {"key": "one", "by": "position"}},
        )
        waiting = submitted(editor, question="Waiting?")
        _, row = under_review(editor, reviewer, question="Reviewed?")
        back = sent_back(editor, reviewer, question="Sent back?")
        desk, today, before = "/desk/articles", date_format(now, "j F Y"), date_format(whole_at, "j F Y")
        assert lines(editor) == [
            ("Sent back", ["version 2", "1 objection open", "opened 12:02"], "Answer", f"{desk}/{back.slug}/edit/"),
            (
                "To mend",
                ["version 1", "1 number to match", "saved 12:02 by Edith Editor"],
                "Match the numbers",
                f"{desk}/{numbered.slug}/match/",
            ),
            (
                "To mend",
                ["version 1", "no direct answer", "no title", "saved 12:02 by Edith Editor"],
                "Write",
                f"{desk}/{unfinished.slug}/edit/",
            ),
            ("Drafts", ["version 1", f"saved {before} by Edgar Editor"], "Write", f"{desk}/{whole.slug}/edit/"),
            ("With the board", ["version 1", f"nobody has taken it, since {today}"], "Look", f"{desk}/{waiting.slug}/"),
            ("With the board", ["version 1", f"Rita Reviewer, since {today}"], "Look", f"{desk}/{row.article.slug}/"),
        ]


def test_a_text_sent_back_with_everything_answered_is_sent_again(editor: User, reviewer: User) -> None:
    article = sent_back(editor, reviewer)
    assert [task.button for task in editor_tasks(editor)] == ["Answer"]
    for remark in article.comments.filter(blocking=True):
        discussion.answer(remark, by=editor, text="In [@one].")
    assert lines(editor)[0][2:] == ("Send again", f"/desk/articles/{article.slug}/submit/")


def test_the_lead_counts_only_what_needs_this_person(client: Client, editor: User) -> None:
    submitted(editor, question="Waiting?")
    assert "Nothing needs you now." in sign_in(client, editor).get(reverse("to_do")).content.decode()
    Report.objects.create(text="Wrong", could_harm=True)
    assert "1 needs you: 1 report that could harm." in client.get(reverse("to_do")).content.decode()


def test_no_group_pushes_another_out_and_a_cut_one_leads_to_the_whole_list(
    client: Client, editor: User, reviewer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    back = sent_back(editor, reviewer, question="Sent back?")
    make_article(editor, question="Draft 1?")
    make_article(editor, question="Draft 2?")
    make_article(editor, question="Unfinished?", title="")
    monkeypatch.setattr(tasks, "LONGEST", 1)
    assert groups(editor) == [
        ("Sent back", "Sent back?"),
        ("To mend", "Unfinished?"),
        ("Drafts", "Draft 2?"),
        ("Drafts", "More than 1 articles"),
    ]
    assert editor_tasks(editor)[-1].url == "/desk/articles/?where=writing"
    page = sign_in(client, editor).get("/desk/articles/?where=sent_back").content.decode()
    assert back.slug in page
    assert "Draft 2?" not in page


def test_a_signed_text_shows_up_ninety_days_before_it_lapses_and_when_it_is_late(editor: User, reviewer: User) -> None:
    due = approved(editor, reviewer).review_due
    assert due is not None
    seen = []
    for days in (-91, -90, -1, 0, 1):
        day = due + timedelta(days=days)
        with clock.moved_to(datetime(day.year, day.month, day.day, 12, tzinfo=UTC)):
            seen.append([task.facts[0].partition(" ")[0] + " " + task.tone for task in editor_tasks(editor)])
    assert seen == [[], ["lapses caution"], ["lapses caution"], ["lapses caution"], ["overdue danger"]]


def test_texts_in_revision_push_no_other_out_of_those_that_lapse(
    client: Client, editor: User, reviewer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    revised(approved(editor, reviewer, question="In revision?"), editor)
    article = approved(editor, reviewer, question="Lapsing?")
    approved(editor, reviewer, question="Lapsing too?")
    monkeypatch.setattr(tasks, "LONGEST", 1)
    due = article.review_due
    assert due is not None
    with clock.moved_to(datetime(due.year, due.month, due.day, 12, tzinfo=UTC)):
        found = [task for task in editor_tasks(editor) if task.group == "Lapsing"]
        page = sign_in(client, editor).get(found[-1].url).content.decode()
    assert [task.question for task in found] == ["Lapsing?", "More than 1 articles"]
    assert ("Lapsing?" in page, "Lapsing too?" in page, "In revision?" in page) == (True, True, False)


def test_a_report_that_could_harm_comes_before_everything_else(client: Client, editor: User, reviewer: User) -> None:
    article = sent_back(editor, reviewer, question="Sent back?")
    with clock.moved_to(datetime(2031, 5, 6, 12, tzinfo=UTC)):
        urgent = Report.objects.create(text="A <b>tenfold</b>\ndose", could_harm=True, article=article)
        page = Report.objects.create(text="Worse", could_harm=True, page="/policy/")
    for text in ("A typo", "Another"):
        Report.objects.create(text=text)
    Report.objects.create(text="Old", could_harm=True, outcome="no_change", done_at=clock.now())
    Report.objects.create(text="Calmed", could_harm=True, severity="technical")
    since = "since 6 May 2031"
    assert [(task.group, task.question, task.facts, task.url, task.tone) for task in safety_tasks(editor)] == [
        (
            "Reports that could harm",
            "Sent back?",
            [f"report {urgent.pk}", since, "A <b>tenfold</b> dose"],
            f"/desk/reports/{urgent.pk}/",
            "danger",
        ),
        (
            "Reports that could harm",
            "/policy/",
            [f"report {page.pk}", since, "Worse"],
            f"/desk/reports/{page.pk}/",
            "danger",
        ),
        ("Other reports", "3 open reports", ["nothing that could harm"], "/desk/reports/", ""),
    ]
    assert [task.question for task in editor_tasks(editor)] == ["Sent back?"]
    shown = sign_in(client, editor).get(reverse("to_do")).content.decode()
    assert "A &lt;b&gt;tenfold&lt;/b&gt; dose" in shown
    assert '<h2 id="group-1">Reports that could harm <span class="count">2</span></h2>' in shown


@pytest.mark.parametrize(("who", "linked"), [("editor", True), ("chair", True), ("reviewer", False)])
def test_editors_and_the_chair_have_a_link_to_the_reports(
    client: Client, request: pytest.FixtureRequest, who: str, linked: bool
) -> None:
    page = sign_in(client, request.getfixturevalue(who)).get(reverse("to_do")).content.decode()
    assert (f'<a href="{reverse("reports")}">Reports</a>' in page) == linked


def test_to_do_costs_two_queries_however_many_rows_and_reads_no_text(
    editor: User, reviewer: User, django_assert_num_queries: Any
) -> None:
    for number in range(3):
        make_article(editor, question=f"Draft {number}?")
        make_article(editor, question=f"Unfinished {number}?", title="")
        sent_back(editor, reviewer, question=f"Sent back {number}?")
        under_review(editor, reviewer, question=f"Reviewed {number}?")
        approved(editor, reviewer, question=f"Signed {number}?")
        Report.objects.create(text="Wrong", could_harm=True)
        with django_assert_num_queries(2):
            safety_tasks(editor)
            editor_tasks(editor)
    rows = [article for group in tasks._articles().values() for article in group]
    (light,) = {frozenset(article.current_version.get_deferred_fields()) for article in rows}
    assert light == set(tasks.HEAVY)


def test_a_person_with_every_role_has_one_to_do_of_eleven_queries(
    client: Client, editor: User, reviewer: User, django_assert_num_queries: Any
) -> None:
    person = cast_person("Erin Everyrole", *Role.values)
    board_member(person, "nephrology")
    sign_in(client, person)
    for number in range(3):
        make_article(editor, question=f"Draft {number}?")
        submitted(editor, question=f"Waiting {number}?")
        under_review(editor, reviewer, question=f"Reviewed {number}?")
        rounds.take(submitted(editor, question=f"Mine {number}?"), by=person)
        interests.declare(submitted(editor), by=reviewer, conflict=Conflict.DECLARED, text="I know the makers.")
        with django_assert_num_queries(11 + 2):  # and a savepoint's two
            page = client.get(reverse("to_do")).content.decode()
    assert [name in page for name in ("Draft 2?", "Waiting 2?", "Mine 2?", "Declared interests")] == [True] * 4
