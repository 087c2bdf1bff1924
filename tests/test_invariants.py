"""Every invariant of tests/invariants.py is true of the demonstration, and names what breaks it."""

from collections.abc import Iterator

import pytest
from django.db import connection

from articles.models import Version
from articles.models.suspension import suspend
from articles.models.version import waive
from oracle.accounts.models import User
from oracle.audit.guards import history_of, regulated_models
from reviews import checking, discussion
from reviews.demonstration.build import build
from reviews.judging import unlisted
from reviews.models import Round

from .database import Owner, connect_as_owner
from .invariants import (
    BRINGS,
    HASHES,
    HISTORIES,
    KEPT,
    REVIEWS,
    SEQUENCES,
    STANDING,
    STEPS,
    TEXTS,
    TOGETHER,
    beside,
    broken,
    invariants,
    told,
)

APPROVED = "(SELECT min(id) FROM articles_article WHERE state = 'approved')"
# What a process that dies in the middle, a guard that is off or a database that lost a file could leave behind.
DAMAGE = {
    "Each article has a current version, which is its own.": "UPDATE articles_article SET current_version_id = NULL",
    "An open version is the current one of its article.": "UPDATE articles_article SET current_version_id = NULL",
    "A text that can be written is open; one that the board has, or has signed, is frozen.": """
        UPDATE articles_article SET state = 'submitted', risk = 'high', specialties = '{x}' WHERE state = 'draft'""",
    "A frozen version has its rendering and its statements, an open one has none.": "DELETE FROM articles_rendering",
    "A submitted article says when it was submitted.": "UPDATE articles_article SET submitted_on = NULL",
    "A withdrawn article that readers saw carries a notice.": f"""
        UPDATE articles_article SET state = 'withdrawn' WHERE id = {APPROVED}""",
    "An article says that it is hidden exactly while a hiding of that version is open.": f"""
        UPDATE articles_article SET suspension = jsonb_build_object('version', current_version_id)
        WHERE id = {APPROVED}""",
    "An open round is on the current version of an article under review, or on the version that stands.": """
        UPDATE articles_article SET state = 'submitted' WHERE state = 'under_review'""",
    "An article under review has a round, open or signed, on its current version.": """
        UPDATE articles_article SET state = 'under_review' WHERE state = 'submitted'""",
    "A round has ended as signed exactly where it carries its reviewer's signature.": """
        UPDATE reviews_round SET "end" = 'given_back' WHERE "end" = 'signed'""",
    "Nobody has signed a version twice in one round.": """
        UPDATE reviews_signoff SET version_id = (SELECT min(version_id) FROM reviews_signoff),
            round_id = (SELECT min(round_id) FROM reviews_signoff)""",
    "A verdict, a comment and an added statement are of their round's article and version.": """
        UPDATE reviews_claimcheck SET version_id = (SELECT max(id) FROM articles_version)""",
    "A reply is to a comment of the same round that is no reply.": """
        UPDATE reviews_comment SET reply_to_id = id WHERE reply_to_id IS NOT NULL""",
    "What stands is let stand by its signatures, on the exact text.": "UPDATE reviews_signoff SET content_sha256 = 'x'",
    "An approved article's current version is the one that stands.": f"""
        UPDATE articles_article SET standing_version_id = NULL WHERE id = {APPROVED}""",
    "An article under review has not met its rule: the last signature approves it in the same transaction.": f"""
        UPDATE articles_article SET state = 'under_review' WHERE id = {APPROVED}""",
    "What stands says so: dates, outcome, and the names of people who signed it; else none of them.": f"""
        UPDATE articles_article SET review_due = NULL WHERE id = {APPROVED}""",
    "No guard is switched off.": "ALTER TABLE articles_version DISABLE TRIGGER keep_frozen",
    "No constraint is unproven and no index unfinished.": """
        ALTER TABLE articles_version ADD CONSTRAINT later CHECK (number > 0) NOT VALID""",
    HASHES: "UPDATE articles_version SET plain = plain || '.'",
    SEQUENCES: "UPDATE articles_waiver SET id = id + 1000",
}


def add_what_it_lacks() -> None:
    """One more statement to judge, a reply, a warning set aside, and a hidden text."""
    row = Round.objects.active().first()
    assert row is not None
    checking.add_claim(row, by=row.reviewer, sentence=unlisted(row.version)[0].id)
    editor = User.objects.filter(roles__contains=["editor"])[0]
    remark = discussion.comment(row, by=row.reviewer, body="Which trial?", blocking=False)
    discussion.reply(remark, by=editor, body="The first.")
    draft = Version.objects.filter(frozen_at=None, article__state="draft")[0]
    warning = next(finding for finding in draft.findings() if finding.level == "warning")
    waive(draft.article, warning.rule, by=editor, reason="The source says it so.")
    suspend(row.article, by=row.reviewer, reason="A dose is in doubt.")


def damages() -> Iterator[tuple[str, str]]:
    """Each sentence, with a statement that makes it false."""
    for model in regulated_models():
        as_told, begun = told(model)
        history = history_of(model)._meta.db_table
        yield as_told.sentence, f"DELETE FROM {history}"
        yield begun.sentence, f"UPDATE {history} SET history_type = '~'"
    pairs = [*TOGETHER, *((other, partner, kind, event) for kind, event, other, partner in TOGETHER), *BRINGS]
    for pair in pairs:
        kind, event, *_ = pair
        alone = f"UPDATE {HISTORIES[kind]} SET history_event = '{event}', history_transaction = -1"
        yield beside(*pair).sentence, f"{alone} WHERE history_id = (SELECT min(history_id) FROM {HISTORIES[kind]})"
    yield from DAMAGE.items()


def unguarded(owner: Owner) -> None:
    """No guard sees what follows in this transaction."""
    for (table,) in owner.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall():
        owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER".encode())


def unnamed(owner: Owner) -> Iterator[str]:
    """The sentences that stay true after the statement that should make them false; all is undone again."""
    for sentence, statement in damages():
        with owner.transaction(force_rollback=True):
            owner.execute(statement.encode())
            if not broken(owner, sentence):
                yield sentence


def test_every_invariant_is_tried() -> None:
    every = [one.sentence for one in invariants()] + [HASHES, SEQUENCES]
    assert sorted(sentence for sentence, _ in damages()) == sorted(every)
    assert len(every) == len(set(every))
    assert [one.sentence for one in (*TEXTS, *REVIEWS, *STANDING, *KEPT)] + [HASHES, SEQUENCES] == list(DAMAGE)
    assert len(STEPS) == 2 * len(TOGETHER) + len(BRINGS)


@pytest.mark.django_db(transaction=True)
def test_the_demonstration_is_whole_and_every_damage_is_named() -> None:
    """Break the data, and the check that everything passed before fails (F14)."""
    build()
    add_what_it_lacks()
    with connect_as_owner(connection.settings_dict["NAME"]) as owner:
        assert broken(owner) == []
        with owner.transaction(force_rollback=True):
            unguarded(owner)
            assert "\n".join(unnamed(owner)) == ""
        assert broken(owner) == []


@pytest.mark.django_db(transaction=True)
def test_a_guard_that_is_switched_off_is_named(founded: None) -> None:
    with connect_as_owner(connection.settings_dict["NAME"]) as owner, owner.transaction(force_rollback=True):
        assert broken(owner) == []
        owner.execute("ALTER TABLE articles_version DISABLE TRIGGER keep_frozen")
        assert broken(owner) == ["No guard is switched off. Not so: articles_version.keep_frozen"]
