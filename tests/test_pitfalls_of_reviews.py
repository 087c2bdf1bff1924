"""How other systems failed with reviews and signatures, each failure as a test; see test_pitfalls.py."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, transaction

from articles.models import Article
from articles.models.version import write
from oracle import clock
from oracle.audit.history import record
from oracle.refusals import NotAllowed, Refusal
from reviews import assignment, checking, discussion, interests, rounds, signing
from reviews.judging import unlisted
from reviews.models import ClaimCheck, Conflict, Review, Round, RoundEnd, SignOff

from .attacks import as_app, refused, rows
from .cast import (
    content,
    judge_everything,
    person,
    sent_again,
    sign,
    sign_in,
    signing_form,
    submitted,
    under_review,
)
from .reading import words
from .test_every_address import TABLE, address, places  # noqa: F401
from .test_pitfalls import at, told

pytestmark = pytest.mark.django_db(transaction=True)


# F8: what is not a decision decides nothing.


@pytest.mark.parametrize("decision", [None, [], ["approve", "changes"], ["changes", "changes"], ["approve\n"]])
def test_f8_no_decision_or_several_are_none(client, editor, reviewer, decision):
    article, row = under_review(editor, reviewer)
    judge_everything(row)
    posted = signing_form(row) | {"reason": "Name the dose.", "decision": decision}
    if decision is None:
        del posted["decision"]
    answer = sign_in(client, reviewer).post(at("decide", row.pk), posted)
    assert (answer.status_code, "Choose one of the two sentences" in answer.content.decode()) == (422, True)
    assert (Article.objects.get(pk=article.pk).state, SignOff.objects.count()) == ("under_review", 0)


# F9: a finished review is frozen.


def _signed(row: Round, other: Round) -> None:
    judge_everything(row)
    sign(row)


ENDS: dict[RoundEnd, Callable[[Round, Round], Any]] = {
    RoundEnd.SIGNED: _signed,
    RoundEnd.CHANGES: lambda row, other: rounds.ask_for_changes(row, by=row.reviewer, reason="Name the dose."),
    RoundEnd.GIVEN_BACK: lambda row, other: rounds.give_back(row, by=row.reviewer, note="On leave."),
    RoundEnd.REPLACED: lambda row, other: assignment.replace(
        row, by=person("Carla Chair", "chair"), reason="On leave."
    ),
    RoundEnd.OVERTAKEN: lambda row, other: rounds.ask_for_changes(other, by=other.reviewer, reason="Name the dose."),
}


@pytest.fixture(params=list(ENDS))
def finished(request, editor, reviewer, reviewer3) -> Round:
    """A round with a verdict and a comment that has ended, in each way."""
    extra = content().professional + "\n\nThe mechanism is debated among authors.\n"
    article, row = under_review(editor, reviewer, professional=extra)
    other = rounds.take(article, by=reviewer3)
    checking.judge(row, row.version.fixed_claims[0].id, by=reviewer, verdict="supported")
    discussion.comment(row, by=reviewer, body="Which adults?", blocking=False)
    ENDS[request.param](row, other)
    row = Round.objects.get(pk=row.pk)
    assert row.end == request.param
    return row


def test_f9_no_statement_changes_a_finished_review(finished):
    assignments = {
        "reviews_round": ["\"end\" = '', ended_at = NULL", "reason = 'x'", "due_on = now()", "number = 9"],
        "reviews_claimcheck": ["verdict = 'cannot_tell'", "note = 'x'", "claim = 'x'", "reviewer_id = reviewer_id + 1"],
        "reviews_comment": ["body = 'x'", "blocking = NOT blocking", "by_id = by_id + 1"],
    }
    for table, changes in assignments.items():
        key = "id" if table == "reviews_round" else "round_id"
        for change in changes:
            with refused("has ended|as it was made"):
                as_app(f"UPDATE {table} SET {change} WHERE {key} = %s", finished.pk)
        with refused("permission denied|protected"):
            as_app(f"DELETE FROM {table} WHERE {key} = %s", finished.pk)


def test_f9_nor_does_the_orm(finished, editor):
    check = finished.checks.order_by("pk")[0]
    check.verdict = "cannot_tell"
    finished.end, finished.ended_at = RoundEnd.ACTIVE, None
    for row in (check, finished):
        with refused("has ended"):
            record(row, by=editor, event="round.reset")
        with refused("has ended"):
            type(row)._default_manager.bulk_update([row], ["verdict" if row is check else "end"])
    copy = ClaimCheck.objects.get(pk=check.pk)
    copy.pk, copy.claim = None, "another"
    with refused("has ended"):
        ClaimCheck.objects.bulk_create([copy])
    with refused("has ended"):
        finished.checks.update(verdict="cannot_tell")


@pytest.mark.parametrize("name", ["reviewer", "editor", "chair"])
def test_f9_nor_does_any_form_of_its_page(finished, client, request, name):
    row = finished
    claim = row.version.fixed_claims[1].id
    forms = {
        "judge": {"claim": claim, "verdict": "unsafe", "note": "Ten times too much."},
        "comment": {"claim": claim, "body": "One more thing.", "blocking": "on"},
        "add_claim": {"sentence": unlisted(row.version)[0].id},
        "give_back": {"note": "After all."},
        "decide": signing_form(row),
    }
    person = request.getfixturevalue(name)
    before = told()
    sign_in(client, person)
    for action, posted in [*forms.items(), ("decide", {"decision": "changes", "reason": "After all."})]:
        answer = client.post(at(action, row.pk), posted)
        assert (action, answer.status_code) == (action, 409 if name == "reviewer" else 403)
        assert name != "reviewer" or "ended" in words(answer.content.decode())
    assert told() == before


# F11: what is signed is what was shown, asked under the lock.


def test_f11_a_text_that_goes_while_the_signature_waits_is_not_signed(editor, reviewer):
    """Signing waits for the article; meanwhile the editor takes it back. The page's text is no longer there."""
    article, row = under_review(editor, reviewer)
    judge_everything(row)

    def sign_and_close() -> Article:
        try:
            return sign(row)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            article.lock()
            trying = pool.submit(sign_and_close)
            wait_for_the_lock()
            article.perform("recall", by=editor, reason="One more check.")
        with pytest.raises(Refusal, match="the article moved on"):
            trying.result(timeout=30)
    assert SignOff.objects.count() == 0


def wait_for_the_lock() -> None:
    """Until another connection waits for what this one has locked."""
    for _ in range(1000):
        if rows("SELECT 1 FROM pg_locks l WHERE NOT l.granted AND pg_backend_pid() = ANY(pg_blocking_pids(l.pid))"):
            return
        rows("SELECT pg_sleep(0.01)")
    raise AssertionError("Nobody waited.")


# F12: three values; declared blocks, and never asked is not none.


def test_f12_never_asked_is_not_none(editor, reviewer):
    article = submitted(editor)
    review = Review(article=article, reviewer=reviewer)
    row = Round(review=review, article=article, version=article.current_version, number=1)
    with transaction.atomic():
        record(review, by=None, event="review.begin")
        record(row, by=None, event="round.begin")
        article.perform("start_review", by=None, round_id=row.pk)
    judge_everything(row)
    assert (review.conflict, review.conflict_line) == ("not_asked", "Not asked.")
    with pytest.raises(Refusal, match="Say first whether you have a conflict of interest"):
        sign(row)
    assert SignOff.objects.count() == 0


def test_f12_declared_bars_from_everything_until_the_chair_clears_it(editor, reviewer, chair):
    article, row = under_review(editor, reviewer)
    judge_everything(row)
    claim = row.version.fixed_claims[0].id
    review = interests.declare(article, by=reviewer, conflict=Conflict.DECLARED, text="Fees.")
    for act in (
        lambda: sign(row),
        lambda: rounds.take(article, by=reviewer),
        lambda: checking.judge(row, claim, by=reviewer, verdict="supported"),
        lambda: discussion.comment(row, by=reviewer, body="Fine.", blocking=False),
        lambda: rounds.ask_for_changes(row, by=reviewer, reason="Name it."),
    ):
        with pytest.raises(NotAllowed, match="You declared an interest"):
            act()
    with pytest.raises(Refusal, match="only the chair can clear it"):
        interests.declare(article, by=reviewer, conflict=Conflict.NONE)
    interests.clear(review, by=chair, reason="Long ago.")
    assert sign(row).state == "approved"


def test_f12_there_are_three_values_and_no_fourth(editor, reviewer):
    assert set(Conflict.values) == {"not_asked", "none", "declared"}
    _, row = under_review(editor, reviewer)
    for value in ("", "no", "cleared"):
        with refused("known_conflicts"):
            as_app("UPDATE reviews_review SET conflict = %s WHERE id = %s", value, row.review_id)


# F20: saving without a change is none.


def test_f20_nothing_is_written_or_reset_by_saving_the_same(editor, reviewer, chair):
    article, row = under_review(editor, reviewer)
    judge_everything(row)
    before = told()
    judge_everything(row)
    assert told() == before
    article = sign(row).perform("revise", by=editor)
    version, before = article.current_version, told()
    write(article, by=editor, base=version.fingerprint, content=version.content, change_note="")
    fresh = Article.objects.get(pk=article.pk)
    assert told() == before
    assert (fresh.standing_version_id, fresh.signed_on) == (row.version_id, clock.today())
    assert fresh.contributor_ids() == {editor.pk}


def test_f20_an_unchanged_text_sent_again_keeps_the_verdicts(editor, reviewer):
    """And a changed one loses only those on what changed."""
    article, row = under_review(editor, reviewer)
    judge_everything(row)
    article = rounds.ask_for_changes(row, by=reviewer, reason="Clearer.")
    article = sent_again(article, editor)
    again = rounds.active_round(article, reviewer)
    left = [item.number for item in signing.judge_all(again.version) if item.by(reviewer.pk) is None]
    assert left == [1]
    assert again.checks.count() == 0
