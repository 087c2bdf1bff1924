"""How other systems failed, each failure as a test (F1 to F22): here are those that no other file has.

The last test asks that each is named somewhere: `(F7)` in a docstring, or `_f7_` in a name. On pages: browser/.
"""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection, models, transaction
from django.test import Client
from django.urls import reverse

from articles.models import Article, Report, Version
from articles.models.version import write
from articles.standing import Standing, standing
from articles.text.content import CONTENT_FIELDS, Content
from oracle import clock
from oracle.accounts.models import User
from oracle.audit.guards import history_of, regulated_models
from oracle.audit.history import record
from oracle.refusals import NotAllowed, Refusal
from reviews import checking, discussion, interests, rounds, signing
from reviews.judging import unlisted
from reviews.models import ClaimCheck, Comment, Conflict, Review, Round, RoundEnd, SignOff

from .attacks import as_app, refused, rows
from .cast import (
    approved,
    board_member,
    content,
    judge_everything,
    revised,
    sent_again,
    sign,
    sign_in,
    signing_form,
    submitted,
    under_review,
)
from .reading import words
from .test_every_address import TABLE, address, places  # noqa: F401

pytestmark = pytest.mark.django_db(transaction=True)
TESTS = Path(__file__).parent
# Not named yet.
STILL_TO_COME = {17, 18}
OURS = ("articles", "reviews", "oracle")


def at(name: str, *args: object) -> str:
    return reverse(name, args=args)


def told() -> dict[str, int]:
    """How many history rows each regulated table has."""
    return {model.__name__: history_of(model)._default_manager.count() for model in regulated_models()}


# F3: deleting an account takes nothing with it.

# Of libraries, with nothing of the record in them; `app` may not delete a person anyway.
NOT_OURS = {"EmailAddress", "LogEntry", "User_groups", "User_user_permissions"}


def test_f3_every_pointer_to_a_person_protects_them():
    """A history row keeps the number that its row had, whatever comes; who made the row is protected."""
    pointers = {
        (model.__name__, field.name): field.remote_field.on_delete
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.local_fields
        if field.is_relation and field.related_model is User
    }
    assert ("SignOff", "signer") in pointers
    assert ("HistoricalArticle", "history_user") in pointers
    copies = {name for name in pointers if name[0].startswith("Historical") and name[1] != "history_user"}
    assert {pointers[name] for name in copies} == {models.DO_NOTHING}
    unprotected = {name for name, rule in pointers.items() if rule is not models.PROTECT} - copies
    assert {model for model, _ in unprotected} == NOT_OURS


def test_f3_postgresql_cascades_from_nowhere():
    """No foreign key of any table deletes or empties rows when what it points at goes."""
    assert rows("SELECT conname FROM pg_constraint WHERE contype = 'f' AND confdeltype <> 'a'") == []


# F4: nobody, superuser included, has a way round.


def test_f4_no_form_of_the_desk_takes_anything_from_a_superuser(client, request, places, superuser, reviewer):  # noqa: F811
    """Not even from one with a board record: the role is what counts."""
    board_member(superuser, "nephrology")
    row = Round.objects.get(pk=places["round_id"])
    judge_everything(row)
    claim = row.version.fixed_claims[0].id
    posted = signing_form(row) | {
        "reason": "I may do anything.", "text": "Fees.", "body": "Fine.", "note": "Fine.", "sure": "yes",
        "risk": "standard", "claim": claim, "verdict": "supported", "answer": "clear", "seen": "1", "check": "1",
        "severity": "none", "outcome": "corrected", "role": "reviewer", "roles": "chair", "name": "Somebody",
        "email": "new@example.org",
    }  # fmt: skip
    before, sign_offs = told(), SignOff.objects.count()
    sign_in(client, superuser)
    own = {"desk/", "accounts/password/change/"}
    routes = [*TABLE, *(f"desk/articles/<slug:slug>/do/{verb}/" for verb in Article.transitions())]
    answers = {route: client.post(address(route, places), posted).status_code for route in routes if route not in own}
    assert {route: status for route, status in answers.items() if status not in (404, 405)} == {}
    assert (told(), SignOff.objects.count()) == (before, sign_offs)


# F6: silence is no approval, and where a text came from stays known.


def test_f6_every_deadline_lapses_and_nothing_is_approved(client, editor, reviewer, reviewer2, chair):
    asked = submitted(editor)
    review = Review(article=asked, reviewer=reviewer2, invited_by=chair, invited_at=clock.now())
    review.answer_by = review.review_by = clock.today()
    half, row = under_review(editor, reviewer, risk="high")
    row.due_on = clock.today()
    with transaction.atomic():
        record(review, by=chair, event="review.invite")
        record(row, by=chair, event="round.due")
    judge_everything(row)
    sign(row)
    ready, row = under_review(editor, reviewer)
    judge_everything(row)
    signed = approved(editor, reviewer, question="May drug B be given?")
    with clock.moved_to(clock.now() + timedelta(days=4000)):
        for command in ("erase_reports", "forget_mail", "send_mail"):
            call_command(command)
        for person, name in ((chair, "to_do"), (reviewer, "to_do"), (chair, "board_overview"), (editor, "articles")):
            assert sign_in(client, person).get(at(name)).status_code == 200
        states = [Article.objects.get(pk=article.pk).state for article in (asked, half, ready, signed)]
        assert states == ["submitted", "under_review", "under_review", "approved"]
        assert standing(Article.objects.get(pk=signed.pk), clock.today()) is Standing.OVERDUE
        assert SignOff.objects.count() == 2
        for article in (asked, half, ready, signed):
            assert Version.objects.get(pk=article.current_version_id).ai_use["tool"] == "Model X"
        assert "Model X" in words(Client().get(at("article", asked.slug)).content.decode())


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


# F10: the record survives every command that comes with the site.

# What may be run at any time; and the rest, with the tests in which it is run.
HOUSEKEEPING = {"erase_reports": ["--days", "0"], "forget_mail": [], "send_mail": []}
ELSEWHERE = {
    "backup": "test_backup.py",
    "compare": "test_backup.py",
    "restore": "test_backup.py",
    "demonstration": "test_demonstration.py",
    "embedded_postgres": "test_embedded_postgres.py",
    "import_articles": "test_import_command.py",
    "migrate": "database.py",
    "setup": "test_setup.py",
    "clean_duplicate_history": "test_database_roles.py",
    "clean_old_history": "test_database_roles.py",
    "loaddata": "test_database_roles.py",
}


def test_f10_the_record_survives_every_command(editor, reviewer):
    article = approved(editor, reviewer)
    revised(article, editor)
    Report.objects.create(article=article, text="The dose is wrong.")
    ours = [config.path for config in apps.get_app_configs() if config.name.split(".")[0] in OURS]
    found = {path.stem for place in ours for path in Path(place).glob("management/commands/[a-z]*.py")}
    assert found == {*HOUSEKEEPING, *ELSEWHERE}
    assert [name for name, file in ELSEWHERE.items() if name not in (TESTS / file).read_text()] == []
    before, later = told(), clock.now() + timedelta(days=4000)
    with clock.moved_to(later):
        for name, options in HOUSEKEEPING.items():
            call_command(name, *options)
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


# F13: every signature can be computed again, from what is stored.


def test_f13_every_signature_is_the_hash_of_the_stored_text(editor, reviewer, reviewer2):
    twice = sent_again(_sent_back(editor, reviewer), editor)
    discussion.resolve(twice.comments.get(), by=reviewer)
    again = Round.objects.active().get(article=twice)
    judge_everything(again)
    sign(again)
    _, row = under_review(editor, reviewer, risk="high", question="May “drug” B – 5 µg – be given?")
    judge_everything(row)
    sign(row)
    columns = ", ".join(f"'{name}', to_jsonb(v.\"{name}\")" for name in CONTENT_FIELDS)
    stored = rows(
        f"SELECT s.content_sha256, jsonb_build_object({columns})"
        " FROM reviews_signoff s JOIN articles_version v ON v.id = s.version_id"
    )
    assert [Content(**_loaded(text)).sha256() for _, text in stored] == [digest for digest, _ in stored]
    assert len({digest for digest, _ in stored}) == 2


def _sent_back(editor: User, reviewer: User) -> Article:
    _, row = under_review(editor, reviewer)
    return rounds.ask_for_changes(row, by=reviewer, reason="Name the dose.")


def _loaded(text: Any) -> dict[str, Any]:
    import json

    loaded: dict[str, Any] = json.loads(text) if isinstance(text, str) else text
    return loaded


# F15: what is withdrawn keeps its record.


def test_f15_a_withdrawn_article_keeps_its_whole_record(client, editor, reviewer, chair, auditor):
    article = approved(editor, reviewer)
    comments, checks = Comment.objects.count(), ClaimCheck.objects.count()
    before = {model: list(history_of(model)._default_manager.values()) for model in regulated_models()}
    article = article.perform("withdraw", by=chair, reason="It can no longer be supported.")
    for model, entries in before.items():
        ids = [entry["history_id"] for entry in entries]
        assert list(history_of(model)._default_manager.filter(history_id__in=ids).values()) == entries
    assert (SignOff.objects.count(), Comment.objects.count(), ClaimCheck.objects.count()) == (1, comments, checks)
    sign_in(client, auditor)
    story = words(client.get(at("story", article.pk)).content.decode())
    for said in ("signed version 1", "It can no longer be supported."):
        assert said in story
    kept = words(client.get(at("desk_version", article.slug, 1)).content.decode())
    assert "half the dose" in kept


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


# F22: nobody acts as another.


def test_f22_what_is_done_is_told_of_who_was_signed_in(client, editor, reviewer, chair):
    article = approved(editor, reviewer)
    posted = {"reason": "It is out of date.", "sure": "yes"}
    claimed = {name: str(editor.pk) for name in ("by", "user", "as", "history_user", "person", "signer")}
    headers = {"x-user": editor.email, "remote-user": editor.email, "x-forwarded-user": editor.email}
    sign_in(client, chair)
    client.post(at("do", article.slug, "withdraw") + f"?user={editor.pk}", posted | claimed, headers=headers)
    entry = article.history.latest("history_id")
    assert (entry.history_event, entry.history_user) == ("article.withdraw", chair)


def test_f22_no_address_makes_one_person_another(client, administrator, places):  # noqa: F811
    """Whatever an administrator opens or sends, they stay themselves."""
    sign_in(client, administrator)
    posted = {"user": str(places["person"]), "reason": "To see what they see."}
    for route in TABLE:
        for ask in (client.get, client.post):
            ask(address(route, places), posted)
            assert client.session["_auth_user_id"] == str(administrator.pk), route


# Each is named.


def test_every_pitfall_has_a_test_that_names_it():
    named: set[int] = set()
    for path in TESTS.rglob("test_*.py"):
        text = path.read_text()
        named |= {int(number) for number in re.findall(r"def test_f(\d+)_", text)}
        for docstring in re.findall(r'def test_\w+\([^"]*?\)[^"]*?:\n    """(.*?)"""', text, re.DOTALL):
            named |= {int(number) for number in re.findall(r"\(F(\d+)\)", docstring)}
    assert set(range(1, 23)) - named <= STILL_TO_COME
    assert named <= set(range(1, 23))
