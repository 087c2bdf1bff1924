"""G1: a frozen version's content never changes, whoever writes."""

import pytest
from django.db import connection

from articles.models import Version
from articles.text.content import CONTENT_FIELDS
from oracle.audit.history import record

from .attacks import as_app, refused
from .cast import submitted

pytestmark = pytest.mark.django_db(transaction=True)
NEW_VALUES = {"references": "[]", "evidence": "[]", "abbreviations": '{"A": "b"}', "ai_use": "{}"}
OTHERS = {
    "number": 9,
    "claims": "[]",
    "change_note": "x",
    "raised": True,
    "content_sha256": "0" * 64,
    "frozen_at": None,
}


@pytest.mark.parametrize("column", [*CONTENT_FIELDS, *OTHERS])
def test_raw_sql_cannot_change_a_frozen_version(editor, column):
    """A version that the board has is never rewritten in place (F2)."""
    version = submitted(editor).current_version
    value = OTHERS.get(column, NEW_VALUES.get(column, "changed"))
    with refused("G1"):
        as_app(f'UPDATE articles_version SET "{column}" = %s WHERE id = %s', value, version.pk)


def test_the_orm_cannot_change_it(editor):
    """Nor by the ORM (F2)."""
    version = submitted(editor).current_version
    version.question = "Another question?"
    with refused("G1"):
        record(version, by=editor, event="version.save")
    with refused("G1"):
        Version.objects.filter(pk=version.pk).update(direct_answer="No.")
    with refused("G1"):
        Version.objects.bulk_update([version], ["question"])


def test_no_switch_turns_the_guard_off(editor):
    version = submitted(editor).current_version
    with refused("G1"), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('pgtrigger.ignore', '{*:*}', true)")
        cursor.execute("UPDATE articles_version SET question = 'x' WHERE id = %s", [version.pk])
    with refused("permission denied"):
        as_app("SET session_replication_role = replica")
    with refused("must be owner"):
        as_app("ALTER TABLE articles_version DISABLE TRIGGER ALL")


def test_it_cannot_be_deleted_or_truncated(editor):
    version = submitted(editor).current_version
    with refused("permission denied"):
        as_app("DELETE FROM articles_version WHERE id = %s", version.pk)
    with refused("permission denied"):
        as_app("TRUNCATE articles_version CASCADE")


def test_its_fingerprint_is_the_hash_of_the_documented_bytes(editor):
    import hashlib
    import json

    version = submitted(editor).current_version
    stored = {name: getattr(version, name) for name in CONTENT_FIELDS} | {"format": "oracle-content/1"}
    text = json.dumps(stored, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert version.content_sha256 == hashlib.sha256(text.encode()).hexdigest()
