"""G4 and G5 against raw SQL: nothing stands without the signatures, and only the table's steps exist."""

import json

import pytest
from django.db import connection, transaction

from articles.models import Article, State
from articles.models.article import move_from
from oracle.audit.history import record
from reviews import discussion, rounds
from reviews.models import SignOff, SignOffRule

from .attacks import as_app, refused
from .cast import approved, judge_everything, make_article, sign, submitted, under_review

pytestmark = pytest.mark.django_db(transaction=True)


def set_and_tell(article: Article, **columns: object) -> None:
    """Change article columns by SQL, with a history row that tells it: as clever as `app` can be."""
    with transaction.atomic(), connection.cursor() as cursor:
        for name, value in columns.items():
            cursor.execute(f"UPDATE articles_article SET {name} = %s WHERE id = %s", [value, article.pk])
        fresh = Article.objects.get(pk=article.pk)
        Article.history.model.objects.create(
            history_type="~", history_event="x", history_change_reason="x", history_date="2026-01-01T00:00:00Z",
            **{field.attname: getattr(fresh, field.attname) for field in Article._meta.concrete_fields},
        )  # fmt: skip


@pytest.mark.parametrize("old", State.values)
@pytest.mark.parametrize("new", State.values)
def test_the_database_has_exactly_the_steps_of_the_table(editor, reviewer, as_owner, old, new):
    """Every pair of states: PostgreSQL lets pass what some verb does, and nothing else."""
    article = make_article(editor)
    as_owner(f"ALTER TABLE articles_article DISABLE TRIGGER USER; UPDATE articles_article SET state = '{old}'"
             f" WHERE id = {article.pk}; ALTER TABLE articles_article ENABLE TRIGGER USER")  # fmt: skip
    allowed = old == new or any(targets(verb, old, new) for verb in Article.transitions())
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("UPDATE articles_article SET state = %s WHERE id = %s", [new, article.pk])
            passed = True
            transaction.set_rollback(True)
    except Exception as error:
        passed = "G5" not in str(error)
    assert passed == allowed


def targets(verb: str, old: str, new: str) -> bool:
    moves = Article._meta.get_field("state").get_all_transitions(Article)
    for move in moves:
        if move.name == verb and move.source == old:
            states = getattr(move.target, "allowed_states", None) or [move.target]
            return move_from(verb, old) and new in states
    return False


def test_articles_begin_as_drafts():
    for state in set(State.values) - {"draft"}:
        with refused("G5|known_states|risk"):
            Article.objects.create(slug="x", state=state, specialties=["nephrology"], risk="standard")
    with refused("known_states|G5"):
        Article.objects.create(slug="x", state="nonsense")


def test_approved_without_signatures_is_refused(editor, reviewer):
    article, _ = under_review(editor, reviewer)
    with refused("G4"):
        set_and_tell(article, state="approved")
    with refused("G4"):
        set_and_tell(article, state="approved", standing_version_id=article.current_version_id)
    with refused("G4"):
        set_and_tell(article, standing_version_id=article.current_version_id)


def test_another_articles_signature_does_not_help(editor, reviewer):
    signed = approved(editor, reviewer)
    other, _ = under_review(editor, reviewer, question="Another question entirely?")
    with refused("G4"):
        set_and_tell(other, state="approved", standing_version_id=signed.standing_version_id)


def sign_off_values(article: Article, row: object, signer: object, **changes: object) -> dict:
    values = {
        "article_id": article.pk, "version_id": article.current_version_id, "round_id": row.pk,
        "signer_id": signer.pk, "meaning": "approval", "statement": "x", "credentials": "MD",
        "content_sha256": article.current_version.content_sha256, "specialties": ["nephrology"], "conflict": "none",
        "printed_name": signer.name, "judged": "{}", "documents": "{}", "authentication": ["password"],
        "affiliation": "",
        "signed_at": "2026-01-01T00:00:00Z",
        "rule": json.dumps(SignOffRule.objects.get(risk="standard").snapshot("nephrology")),
    }  # fmt: skip
    return values | changes


def insert_sign_off(values: dict) -> None:
    columns = ", ".join(values)
    marks = ", ".join(["%s"] * len(values))
    as_app(f"INSERT INTO reviews_signoff ({columns}) VALUES ({marks})", *values.values())


def test_a_forged_signature_is_refused(editor, reviewer, reviewer2):
    article, row = under_review(editor, reviewer)
    weak = {"risk": "standard", "signatures": 0, "specialties": 0, "months": 999, "main_specialty": "nephrology"}
    for words, changes in (
        ("no board member", {"signer_id": editor.pk}),
        ("no board member", {"specialties": ["cardiology"]}),
        ("no open round", {"signer_id": reviewer2.pk, "printed_name": "Ralph Reviewer", "specialties": ["cardiology"]}),
        ("frozen version", {"content_sha256": "0" * 64}),
        ("rule in force", {"rule": json.dumps(weak)}),
        ("meaning|corrections_name", {"meaning": ""}),
        ("no board member", {"printed_name": None}),
    ):
        with refused(words):
            insert_sign_off(sign_off_values(article, row, reviewer) | changes)
    assert SignOff.objects.count() == 0


def test_a_correction_of_another_article_is_refused(editor, reviewer):
    signed = approved(editor, reviewer)
    article, row = under_review(editor, reviewer, question="Another question entirely?")
    values = sign_off_values(article, row, reviewer, meaning="correction", corrects_id=signed.standing_version_id)
    with refused("correction names an earlier version"):
        insert_sign_off(values)


def test_a_verdict_cannot_leave_an_ended_round(editor, reviewer):
    """A finished review keeps its verdicts (F9)."""
    article, row = under_review(editor, reviewer)
    judge_everything(row)
    check = row.checks.first()
    rounds.give_back(row, by=reviewer)
    again = rounds.take(Article.objects.get(pk=article.pk), by=reviewer)
    with refused("this round has ended"):
        as_app("UPDATE reviews_claimcheck SET round_id = %s WHERE id = %s", again.pk, check.pk)


def test_revoking_clears_the_standing_in_the_same_transaction(editor, reviewer):
    signoff = approved(editor, reviewer).signoffs.get()
    with refused("G4"):
        as_app(
            "INSERT INTO reviews_revocation (signoff_id, article_id, by_id, reason, at)"
            " VALUES (%s, %s, %s, 'x', now())",
            signoff.pk, signoff.article_id, reviewer.pk,
        )  # fmt: skip


def test_a_revocation_under_another_articles_name_is_refused(editor, reviewer):
    signoff = approved(editor, reviewer).signoffs.get()
    other = make_article(editor, question="Another question entirely?")
    with refused("not of this article"):
        as_app(
            "INSERT INTO reviews_revocation (signoff_id, article_id, by_id, reason, at)"
            " VALUES (%s, %s, %s, 'x', now())",
            signoff.pk, other.pk, reviewer.pk,
        )  # fmt: skip


def test_readers_html_cannot_be_replaced(editor, reviewer):
    version = approved(editor, reviewer).standing_version
    with refused("has its rendering"):
        as_app(
            "INSERT INTO articles_rendering (version_id, article_id, made_at, reason, parts)"
            " VALUES (%s, %s, now(), 'x', '{}')",
            version.pk, version.article_id,
        )  # fmt: skip


def test_a_comment_stays_as_it_was_made(editor, reviewer):
    _, row = under_review(editor, reviewer)
    remark = discussion.comment(row, by=reviewer, body="Which trial?", blocking=True)
    for column, value in (("body", "Fine."), ("blocking", False)):
        with refused("stays as it was made"):
            as_app(f"UPDATE reviews_comment SET {column} = %s WHERE id = %s", value, remark.pk)


def test_one_of_two_signatures_is_not_enough(editor, reviewer):
    article, row = under_review(editor, reviewer, risk="high")
    judge_everything(row)
    article = sign(row)
    assert article.state == "under_review"
    with refused("G4"):
        set_and_tell(article, state="approved", standing_version_id=article.current_version_id)


def test_a_lowered_rule_changes_nothing_signed(editor, reviewer):
    """The rule that counted is the snapshot in the sign-off, never today's."""
    article = approved(editor, reviewer)
    rule = SignOffRule.objects.get(risk="standard")
    rule.signatures, rule.specialties = 2, 2
    with transaction.atomic():
        record(rule, by=None, event="rule.save")
    article.perform("revise", by=editor)
    assert Article.objects.get(pk=article.pk).standing_version_id == article.standing_version_id


def test_submitted_articles_have_risk_and_specialty(editor):
    article = submitted(editor)
    for column, value in (("risk", ""), ("specialties", "{}")):
        with refused("submitted_articles_have_risk_and_specialty"):
            as_app(f"UPDATE articles_article SET {column} = %s WHERE id = %s", value, article.pk)
