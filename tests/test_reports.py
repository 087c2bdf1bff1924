"""What becomes of a reader's report: triage, a revision, an outcome; what harms comes first; erased on request."""

from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.management import call_command
from django.db import transaction
from django.test import Client
from django.urls import reverse

from articles.models import Article, Report
from articles.views import safety_tasks as tasks
from articles.views.safety_tasks import safety_tasks
from oracle import clock
from oracle.accounts.models import User
from oracle.outbox.models import Outbox
from oracle.refusals import NotAllowed, Refusal, Stale
from reviews import discussion, rounds
from reviews.models import Round

from .attacks import as_app, refused
from .cast import (
    amended,
    approved,
    board_member,
    judge_everything,
    make_article,
    person,
    sent_again,
    sign,
    sign_in,
    submitted,
)

pytestmark = pytest.mark.django_db
MAIL = "oracle.outbox.backend.OutboxBackend"
WORDS = "The dose of <b>drug A</b> is tenfold."

# Address × person: who gets what; everybody else gets 404. `start` is the editor's, the rest the chair's too.
MAY = {
    "report_desk": dict.fromkeys(("editor", "chair", "reviewer", "auditor"), 200),
    "report_triage": {"editor": 302, "chair": 302, "reviewer": 403, "auditor": 403},
    "report_outcome": {"editor": 302, "chair": 302, "reviewer": 403, "auditor": 403},
    "report_start": {"editor": 302, "chair": 403, "reviewer": 403, "auditor": 403},
    "report_erase": {"editor": 302, "chair": 302, "reviewer": 403, "auditor": 403},
}
PEOPLE = ("editor", "chair", "reviewer", "auditor", "administrator", "outsider", "superuser")


@pytest.fixture(autouse=True)
def the_sites_own_mail(settings: LazySettings) -> None:
    settings.EMAIL_BACKEND = MAIL


def reported(article: Article | None = None, **fields: Any) -> Report:
    values: dict[str, Any] = {"text": WORDS, "page": "/board/", "contact": "reader@example.org", "article": article}
    return Report.objects.create(**(values | fields))


def at(name: str, report: Report) -> str:
    return reverse(name, args=[report.pk])


def read(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_who_reads_and_answers_reports(
    request: pytest.FixtureRequest, client: Client, editor: User, reviewer: User
) -> None:
    report = reported(approved(editor, reviewer), severity="wrong")
    done = reported(severity="wrong")
    done = done.close("passed_on", by=editor, seen=done.stamp)
    given = {"severity": "harm", "outcome": "no_change"}
    for name in PEOPLE:
        sign_in(client, request.getfixturevalue(name))
        assert (name, client.get(reverse("reports")).status_code) == (name, MAY["report_desk"].get(name, 404))
        for address, table in MAY.items():
            with transaction.atomic():
                row = done if address == "report_erase" else report
                posts, sent = address != "report_desk", given | {"seen": row.stamp}
                answer = client.post(at(address, row), sent) if posts else client.get(at(address, row))
                transaction.set_rollback(True)
            assert (name, address, answer.status_code) == (name, address, table.get(name, 404))


def test_a_report_is_judged_worked_on_and_closed(client: Client, editor: User, chair: User, reviewer: User) -> None:
    report = reported(approved(editor, reviewer))
    sign_in(client, chair)
    page = read(client, at("report_desk", report))
    assert "The dose of &lt;b&gt;drug A&lt;/b&gt; is tenfold." in page
    assert "First the triage." in page
    assert client.post(at("report_triage", report), {"seen": report.stamp, "severity": "wrong"}).status_code == 302
    page = read(client, at("report_desk", report))
    assert ("<strong>Wrong or outdated</strong>" in page, "Clara Chair" in page, "First the triage." in page) == (
        True,
        True,
        False,
    )
    sign_in(client, editor)
    article = Article.objects.get()
    fresh = Report.objects.get()
    assert f'name="seen" value="{fresh.stamp}"' in read(client, at("report_desk", report))
    assert client.post(at("report_start", report), {"seen": fresh.stamp})["Location"] == reverse(
        "edit", args=[article.slug]
    )
    assert Report.objects.get().started == Article.objects.get().current_version
    for place in ("edit", "record"):
        assert f"/desk/reports/{report.pk}/" in read(client, reverse(place, args=[article.slug]))
    newest = article.history.first()
    assert (newest.history_event, newest.history_change_reason) == ("article.revise", f"Report {report.pk}")


def test_when_the_revision_is_signed_the_report_proposes_corrected(
    client: Client, editor: User, reviewer: User
) -> None:
    report = reported(approved(editor, reviewer), severity="wrong")
    article = report.start(by=editor, seen=report.stamp)
    page = read(sign_in(client, editor), at("report_desk", report))
    assert ("is in work because of this report" in page, 'value="corrected" required id' in page) == (True, True)
    assert "checked" not in page[page.index('id="outcome"') :]
    article = amended(article, editor).perform("submit", by=editor)
    row = Round.objects.active().get(article=article)
    judge_everything(row)
    sign(row)
    page = read(client, at("report_desk", report))
    assert "Version 2, begun because of this report, is signed." in page
    assert "checked" in page[page.index('value="corrected"') : page.index('value="hidden"')]
    (task,) = safety_tasks(editor)
    assert (task.group, task.button, "version 2 is signed" in task.facts) == ("Other reports", "Give the outcome", True)
    given = {"seen": report.stamp, "outcome": "corrected", "note": "The dose is right now."}
    client.post(at("report_outcome", report), given | {"seen": Report.objects.get().stamp})
    done = Report.objects.get()
    assert (done.outcome, done.done_by, done.outcome_note) == ("corrected", editor, "The dose is right now.")
    assert (safety_tasks(editor), list(Report.objects.open())) == ([], [])
    assert f"Report {report.pk}:" in read(client, reverse("reports") + "?done=1")


def test_a_report_keeps_its_revision_when_the_board_sends_it_back(client: Client, editor: User, reviewer: User) -> None:
    report = reported(approved(editor, reviewer), severity="wrong")
    article = amended(report.start(by=editor, seen=report.stamp), editor).perform("submit", by=editor)
    row = Round.objects.active().get(article=article)
    article = rounds.ask_for_changes(row, by=reviewer, reason="Mend the dose.")
    page = read(sign_in(client, editor), at("report_desk", report))
    assert ("Version 2 is in work because of this report." in page, "Start a revision" in page) == (True, False)
    row = Round.objects.active().get(article=sent_again(article, editor, title="Another"))
    discussion.resolve(article.comments.get(), by=reviewer)
    judge_everything(row)
    sign(row)
    page = read(client, at("report_desk", report))
    assert "Version 3, begun because of this report, is signed." in page
    assert "checked" in page[page.index('value="corrected"') : page.index('value="hidden"')]
    assert "version 3 signed" in read(client, reverse("reports"))
    (task,) = safety_tasks(editor)
    assert (task.button, "version 3 is signed" in task.facts) == ("Give the outcome", True)


def test_work_that_was_dropped_corrects_nothing_and_may_begin_again(
    client: Client, editor: User, reviewer: User
) -> None:
    report = reported(approved(editor, reviewer), severity="wrong")
    report.start(by=editor, seen=report.stamp).perform("abandon", by=editor, reason="Not now.")
    page = read(sign_in(client, editor), at("report_desk", report))
    assert "Version 2, begun because of this report, was dropped unsigned." in page
    report = Report.objects.get()
    assert client.post(at("report_start", report), {"seen": report.stamp}).status_code == 302
    report = Report.objects.with_work().get()
    assert (report.started.number, report.reached, report.became) == (3, 3, None)


def test_a_report_joins_the_text_that_is_open_and_waits_while_the_board_has_it(editor: User, reviewer: User) -> None:
    draft, waiting = make_article(editor, question="Draft?"), submitted(editor, question="Waiting?")
    joined, early = reported(draft), reported(waiting)
    joined.start(by=editor, seen=joined.stamp)
    assert Report.objects.get(pk=joined.pk).started == draft.current_version
    with pytest.raises(Refusal, match="its text is frozen"):
        early.start(by=editor, seen=early.stamp)
    with pytest.raises(Refusal, match="names no article"):
        reported().start(by=editor, seen="")
    with pytest.raises(NotAllowed):
        reported(approved(editor, reviewer, question="Signed?")).start(by=reviewer, seen="")


def test_work_begins_once_and_not_after_the_outcome(client: Client, editor: User, reviewer: User) -> None:
    report = reported(approved(editor, reviewer), severity="wrong")
    seen = report.stamp
    report.start(by=editor, seen=seen)
    with pytest.raises(Stale):
        report.start(by=editor, seen=seen)
    report = Report.objects.get()
    with pytest.raises(Refusal, match="has begun already"):
        report.start(by=editor, seen=report.stamp)
    done = reported(report.article, severity="wrong")
    done = done.close("duplicate", by=editor, seen=done.stamp)
    answer = sign_in(client, editor).post(at("report_start", done), {"seen": done.stamp})
    assert (answer.status_code, "has its outcome already" in answer.content.decode()) == (409, True)
    assert "No revision is open because of it." in read(client, at("report_desk", done))
    assert Report.objects.get(pk=done.pk).started is None


def test_of_two_who_answer_at_once_one_is_told(client: Client, editor: User, chair: User) -> None:
    report = reported()
    seen = report.stamp
    report.triage("unclear", by=chair, seen=seen)
    late = sign_in(client, editor).post(at("report_triage", report), {"seen": seen, "severity": "harm"})
    assert late.status_code == 409
    page = late.content.decode()
    assert "Somebody else worked on this report after you opened it." in page
    fresh = Report.objects.get()
    assert (fresh.severity, fresh.triaged_by) == ("unclear", chair)
    again = {"seen": late.context["triage"]["seen"].value(), "severity": late.context["triage"]["severity"].value()}
    assert client.post(at("report_triage", report), again).status_code == 302
    assert Report.objects.get().severity == "harm"


@pytest.mark.parametrize(
    ("address", "given"),
    [
        ("report_triage", {}),
        ("report_triage", {"severity": "dreadful"}),
        ("report_outcome", {"outcome": "", "note": "Kept words."}),
        ("report_outcome", {"outcome": "no_change", "note": "x" * 2001}),
    ],
)
def test_a_bad_form_comes_back(client: Client, editor: User, address: str, given: dict[str, str]) -> None:
    report = reported(severity="wrong")
    answer = sign_in(client, editor).post(at(address, report), given | {"seen": report.stamp})
    assert (answer.status_code, given.get("note", "") in answer.content.decode()) == (422, True)
    fresh = Report.objects.get()
    assert (fresh.severity, fresh.outcome) == ("wrong", "")


def test_no_outcome_without_a_triage(editor: User) -> None:
    report = reported()
    with pytest.raises(Refusal, match="Say first what this report is about"):
        report.close("no_change", by=editor, seen=report.stamp)


def test_what_the_reader_gave_is_erased_and_the_rest_stays(client: Client, editor: User) -> None:
    report = reported(severity="wrong")
    report = report.close("passed_on", by=editor, seen=report.stamp, note="To the printer.")
    asked = read(sign_in(client, editor), at("report_erase", report))
    assert "The number, the triage and the outcome stay." in asked
    assert client.post(at("report_erase", report), {"seen": report.stamp}).status_code == 302
    row = Report.objects.get()
    assert (row.text, row.contact, row.page, row.erased_by) == ("", "", "", editor)
    assert (row.severity, row.outcome, row.outcome_note, row.done_by) == (
        "wrong",
        "passed_on",
        "To the printer.",
        editor,
    )
    page = read(client, at("report_desk", report))
    assert ("reader@example.org" in page, "by Edith Editor." in page) == (False, True)
    with pytest.raises(Stale):
        report.erase(by=editor, seen=report.stamp)
    with pytest.raises(Refusal, match="erased already"):
        row.erase(by=editor, seen=row.stamp)


def test_the_readers_address_is_for_those_who_answer(request: pytest.FixtureRequest, client: Client) -> None:
    report = reported()
    told = {}
    for name in ("editor", "chair", "reviewer", "auditor"):
        sign_in(client, request.getfixturevalue(name))
        pages = read(client, at("report_desk", report)), read(client, reverse("reports"))
        told[name] = "reader@example.org" in "".join(pages)
    assert told == {"editor": True, "chair": True, "reviewer": False, "auditor": False}


def test_nothing_is_erased_before_its_outcome(client: Client, editor: User) -> None:
    for severity in ("", "harm"):
        report = reported(could_harm=True, severity=severity)
        assert at("report_erase", report) not in read(sign_in(client, editor), at("report_desk", report))
        answer = client.post(at("report_erase", report), {"seen": report.stamp})
        assert (answer.status_code, "Say first what came of this report" in answer.content.decode()) == (409, True)
        kept = Report.objects.get(pk=report.pk)
        assert (kept.text, kept.erased_at, kept.erased_by) == (WORDS, None, None)


def test_whose_text_it_is_does_not_call_harm_harmless(editor: User, editor2: User, chair: User, reviewer: User) -> None:
    article = approved(editor, reviewer)
    for severity in ("nothing", "wrong", "unclear", "technical"):
        report = reported(article, could_harm=True)
        with pytest.raises(NotAllowed, match="the chair or an editor who did not write it"):
            report.triage(severity, by=editor, seen=report.stamp)
        report = report.triage("harm", by=editor, seen=report.stamp)
        with pytest.raises(NotAllowed):
            report.triage(severity, by=editor, seen=report.stamp)
        for who in (editor2, chair):
            report = report.triage(severity, by=who, seen=report.stamp)
            assert (report.severity, report.triaged_by) == (severity, who)
    calm, elsewhere = reported(article), reported(could_harm=True)
    assert [row.triage("nothing", by=editor, seen=row.stamp).severity for row in (calm, elsewhere)] == ["nothing"] * 2


def test_harm_is_the_readers_word_until_the_triage(client: Client, editor: User) -> None:
    said, judged = reported(could_harm=True), reported()
    calm = reported(could_harm=True)
    assert [row.pk for row in Report.objects.open()] == [said.pk, calm.pk, judged.pk]
    judged.triage("harm", by=editor, seen=judged.stamp)
    calm.triage("technical", by=editor, seen=calm.stamp)
    assert [row.pk for row in Report.objects.open()] == [said.pk, judged.pk, calm.pk]
    page = read(sign_in(client, editor), reverse("reports"))
    places = [page.index(f"Report {row.pk}:") for row in (said, judged, calm)]
    assert places == sorted(places)


def test_the_chairs_are_told_at_once_and_not_what_the_reader_wrote(
    client: Client, editor: User, chair: User, superuser: User
) -> None:
    away = person("Carl Chair", "chair", is_active=False)
    other = board_member(person("Cora Chair", "chair", "reviewer"), "cardiology").user
    article = submitted(editor, question="May\ndrug A be given?")
    form = {"article": article.slug, "text": "My aunt died.", "contact": "reader@example.org"}
    client.post("/report/", form)
    assert Outbox.objects.count() == 0
    client.post("/report/", form | {"could_harm": "on"})
    report = Report.objects.latest("id")
    mails = list(Outbox.objects.order_by("id"))
    assert [mail.to for mail in mails] == [[chair.email], [other.email]]
    assert away.email not in str([mail.to for mail in mails])
    assert mails[0].subject == f"Report {report.pk} says that someone could be harmed"
    assert f"http://testserver/desk/reports/{report.pk}/" in mails[0].body
    for private in ("aunt", "reader@example.org"):
        assert private not in mails[0].subject + mails[0].body


def test_a_long_list_leads_to_the_whole(editor: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "LONGEST", 2)
    for harm in (True, True, True, False):
        reported(could_harm=harm)
    assert [(task.group, task.question) for task in safety_tasks(editor)][1:] == [
        ("Reports that could harm", "/board/"),
        ("Reports that could harm", "More than 2 open reports"),
    ]


def test_a_number_that_is_none_is_not_found(client: Client, editor: User) -> None:
    sign_in(client, editor)
    for number in (1, 9 * 10**30):
        assert client.get(f"/desk/reports/{number}/").status_code == 404


def test_old_words_are_erased_by_a_command(editor: User) -> None:
    waiting, closed = reported(), reported(severity="wrong")
    with clock.moved_to(clock.now() - timedelta(days=89)):
        closed.close("no_change", by=editor, seen=closed.stamp)
    said = StringIO()
    call_command("erase_reports", stdout=said)
    assert said.getvalue().startswith("0 reports erased")
    with clock.moved_to(clock.now() + timedelta(days=1)):
        call_command("erase_reports", stdout=said)
    assert "1 report erased" in said.getvalue()
    kept = {row.pk: (row.text, row.contact, row.outcome) for row in Report.objects.all()}
    assert kept == {waiting.pk: (WORDS, "reader@example.org", ""), closed.pk: ("", "", "no_change")}


@pytest.mark.django_db(transaction=True)
def test_no_report_is_deleted(editor: User, as_owner: Callable[[str], None]) -> None:
    row = Report.objects.create(text="A tenfold dose", could_harm=True)
    for statement in ("DELETE FROM articles_report", "TRUNCATE articles_report"):
        with refused("permission denied"):
            as_app(statement)
        with pytest.raises(Exception, match="outcome of a report stay"):
            as_owner(statement)
    assert Report.objects.get() == row
