"""An editor's *To do*, the record of an article, its versions, and reports of problems."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from articles import drafts
from articles.models import Article, Report
from articles.models.suspension import suspend
from articles.views.tasks import editor_tasks
from oracle import clock
from oracle.accounts.models import User
from reviews import rounds

from .cast import approved, content, make_article, revised, sign_in, submitted, under_review


def fresh(article: Article) -> Article:
    return Article.objects.select_related("current_version").get(pk=article.pk)


def words(client: Client, name: str, *args: Any, query: str = "") -> str:
    answer = client.get(reverse(name, args=args) + query)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


# To do.


def lines(editor: User) -> list[tuple[str, list[str], str, str]]:
    return [(task.group, task.facts, task.button, task.url) for task in editor_tasks(editor)]


def test_each_task_says_where_it_stands_and_has_one_next_step(editor: User, reviewer: User) -> None:
    ready = make_article(editor, question="Ready?")
    unfinished = make_article(editor, question="Unfinished?", title="", direct_answer="")
    numbered = drafts.create(
        content(question="Numbered?", direct_answer="Yes [1]."),
        by=editor,
        specialties=["nephrology"],
        risk="standard",
        proposals={"1": {"key": "one", "by": "position"}},
    )
    waiting = submitted(editor, question="Waiting?")
    _, row = under_review(editor, reviewer, question="Reviewed?")
    _, asked = under_review(editor, reviewer, question="Sent back?")
    rounds.comment(asked, by=reviewer, body="Where is the source?", blocking=True)
    back = rounds.ask_for_changes(asked, by=reviewer, reason="Mend it.")
    today = clock.today()
    since = f"{today.day} {today:%B %Y}"
    assert lines(editor) == [
        ("Sent back", ["version 2", "1 objection open", "1 to mend"], "Answer", f"/desk/articles/{back.slug}/edit/"),
        ("Drafts", ["version 1", "1 to mend"], "Match the numbers", f"/desk/articles/{numbered.slug}/match/"),
        ("Drafts", ["version 1", "2 to mend"], "Write", f"/desk/articles/{unfinished.slug}/edit/"),
        ("Drafts", ["version 1", "ready to send"], "Send to the board", f"/desk/articles/{ready.slug}/submit/"),
        (
            "With the board",
            ["version 1", f"nobody has taken it, since {since}"],
            "Look",
            f"/desk/articles/{waiting.slug}/",
        ),
        (
            "With the board",
            ["version 1", f"Rita Reviewer, since {since}"],
            "Look",
            f"/desk/articles/{row.article.slug}/",
        ),
    ]


def test_a_signed_text_shows_up_ninety_days_before_it_lapses_and_when_it_is_late(editor: User, reviewer: User) -> None:
    due = approved(editor, reviewer).review_due
    assert due is not None
    seen = []
    for days in (-91, -90, -1, 0, 1):
        day = due + timedelta(days=days)
        with clock.moved_to(datetime(day.year, day.month, day.day, 12, tzinfo=UTC)):
            seen.append([task.facts[0].partition(" ")[0] + " " + task.tone for task in editor_tasks(editor)])
    assert seen == [[], ["lapses caution"], ["lapses caution"], ["lapses caution"], ["overdue danger"]]


def test_to_do_costs_five_queries_however_many_rows(
    editor: User, reviewer: User, django_assert_num_queries: Any
) -> None:
    for number in range(3):
        make_article(editor, question=f"Draft {number}?")
        under_review(editor, reviewer, question=f"Reviewed {number}?")
        approved(editor, reviewer, question=f"Signed {number}?")
        with django_assert_num_queries(5):
            editor_tasks(editor)


# The record.


def test_a_verb_without_its_reason_brings_the_record_back_with_the_sentence(client: Client, editor: User) -> None:
    article = submitted(editor)
    address = reverse("do", args=[article.slug, "recall"])
    refused = sign_in(client, editor).post(address, {"reason": " "})
    assert refused.status_code == 409
    assert "Give a reason; it stays on record (Take back)." in refused.content.decode()
    assert client.post(address, {"reason": "A typo."})["Location"] == reverse("edit", args=[article.slug])
    assert fresh(article).state == "draft"


@pytest.mark.parametrize(
    "verb", ["approve", "start_review", "request_changes", "reopen", "delete", "full_clean", "submit"]
)
def test_the_endpoint_takes_only_what_is_done_by_hand(client: Client, editor: User, verb: str) -> None:
    article = make_article(editor)
    answer = sign_in(client, editor).post(reverse("do", args=[article.slug, verb]), {"reason": "x"})
    assert answer.status_code == (302 if verb == "submit" else 409)
    assert client.get(reverse("do", args=[article.slug, "discard"])).status_code == 405
    assert fresh(article).state == "draft"


def test_every_verb_by_hand_is_a_button_of_the_record(
    client: Client, editor: User, chair: User, reviewer: User
) -> None:
    sign_in(client, editor)
    signed = approved(editor, reviewer)
    assert reverse("do", args=[signed.slug, "revise"]) in words(client, "record", signed.slug)
    assert client.post(reverse("do", args=[signed.slug, "revise"]))["Location"] == reverse("edit", args=[signed.slug])
    assert reverse("do", args=[signed.slug, "abandon"]) in words(client, "record", signed.slug)
    assert client.post(reverse("do", args=[signed.slug, "abandon"])).status_code == 302
    assert fresh(signed).state == "approved"
    other = submitted(editor, question="Another one?")
    sign_in(client, chair)
    address = reverse("do", args=[other.slug, "withdraw"])
    missing = client.post(address, {"reason": "Out of date.", "replacement": "nowhere"})
    assert missing.status_code == 409
    assert "There is no article with the address “nowhere”" in missing.content.decode()
    assert ">Out of date.</textarea>" in missing.content.decode()
    given = {"reason": "Out of date.", "replacement": f"https://example.org/articles/{signed.slug}/"}
    assert client.post(address, given).status_code == 302
    assert (fresh(other).state, fresh(other).replaced_by_id) == ("withdrawn", signed.pk)


def test_a_signature_can_be_revoked_from_the_record_by_its_signer_or_the_chair(
    client: Client, editor: User, chair: User, reviewer: User, reviewer2: User
) -> None:
    article = approved(editor, reviewer)
    signoff = article.signoffs.get()
    address = reverse("revoke", args=[signoff.pk])
    for person, offered in ((editor, False), (reviewer2, False), (reviewer, True), (chair, True)):
        assert (address in words(sign_in(client, person), "record", article.slug)) == offered
    assert client.post(address, {"reason": "A mistake."}).status_code == 302
    page = words(client, "record", article.slug)
    assert "A mistake." in page
    assert address not in page


def test_hiding_and_showing_again(client: Client, editor: User, chair: User, reviewer: User) -> None:
    article = submitted(editor)
    sign_in(client, reviewer)
    address = reverse("hide", args=[article.slug])
    assert address in words(client, "record", article.slug)
    assert client.post(address, {"reason": " "}).status_code == 422
    assert client.post(address, {"reason": "A dose is wrong."}).status_code == 302
    assert (fresh(article).suspension or {})["reason"] == "A dose is wrong."
    assert client.post(address, {"reason": "Again."}).status_code == 409
    sign_in(client, chair)
    assert reverse("show", args=[article.slug]) in words(client, "record", article.slug)
    assert client.post(reverse("show", args=[article.slug]), {"reason": "It was right."}).status_code == 302
    assert fresh(article).suspension is None


def test_the_record_says_where_it_stands_and_what_readers_see(client: Client, editor: User, reviewer: User) -> None:
    sign_in(client, editor)
    draft = make_article(editor)
    assert "Version 1 is being written. Readers have never seen it." in words(client, "record", draft.slug)
    sent = draft.perform("submit", by=editor)
    assert "Readers see the text under a caution that it is not yet reviewed." in words(client, "record", sent.slug)
    suspend(sent, by=reviewer, reason="Wrong.")
    assert "Its text is hidden; readers see a notice with the reason." in words(client, "record", sent.slug)
    signed = approved(editor, reviewer, question="Signed?")
    assert "Version 1 is signed. Readers see version 1, which is signed." in words(client, "record", signed.slug)


def test_two_versions_are_compared_with_quantities_and_references_apart(
    client: Client, editor: User, reviewer: User
) -> None:
    article = approved(editor, reviewer)
    changed = content().professional.replace("5 mg daily", "50 mg daily")
    article = revised(article, editor, professional=changed, references=content().references[:1], evidence=[])
    page = words(sign_in(client, editor), "compare", article.slug, 1, 2)
    for heading in (
        "Changed quantities",
        "Direct answer",
        "Wording for health professionals",
        "References",
        "Evidence",
    ):
        assert f">{heading}</h2>" in page
    assert "<td>5 mg daily</td><td>50 mg daily</td>" in page or "<td>5 mg</td><td>50 mg</td>" in page
    assert "Wording for patients and carers" not in page


def test_any_version_is_shown_in_full_whatever_became_of_it(client: Client, editor: User, auditor: User) -> None:
    article = submitted(editor).perform("recall", by=editor, reason="x")
    page = words(sign_in(client, auditor), "desk_version", article.slug, 1)
    assert "taken back by the editor" in page
    assert article.versions.get(number=1).content_sha256 in page
    assert "lowered pressure in 40 adults" in page
    assert "a lower dose" in words(client, "desk_version", article.slug, 1, query="?for=plain")


# Reports.


def test_reports_that_could_harm_come_first_and_an_editor_closes_them(
    client: Client, editor: User, auditor: User
) -> None:
    first = Report.objects.create(text="A typo")
    urgent = Report.objects.create(text="A tenfold dose", could_harm=True)
    page = words(sign_in(client, editor), "reports")
    assert page.index("A tenfold dose") < page.index("A typo")
    sign_in(client, auditor)
    assert client.post(reverse("reports"), {"report": urgent.pk}).status_code == 403
    sign_in(client, editor)
    assert client.post(reverse("reports"), {"report": urgent.pk}).status_code == 302
    assert "A tenfold dose" not in words(client, "reports")
    assert "A tenfold dose" in words(client, "reports", query="?done=1")
    for wrong in ("x", "", "9" * 30, str(first.pk + 99)):
        assert client.post(reverse("reports"), {"report": wrong}).status_code == 404
