"""What readers saw stays known: a policy or a disclaimer never changes; PostgreSQL refuses it, whoever writes."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from articles.models import Document
from oracle import clock
from oracle.audit.history import record

from .attacks import as_app, refused

pytestmark = pytest.mark.django_db(transaction=True)
YESTERDAY = clock.today() - timedelta(days=1)


@pytest.mark.parametrize("change", [{"body": "Rewritten."}, {"withholds": "none"}, {"in_force_from": YESTERDAY}])
def test_no_column_changes_even_with_a_history_row(change: dict[str, Any], founded: None) -> None:
    document = Document.objects.get(kind="policy")
    vars(document).update(change)
    with refused("what readers saw stays known"):
        record(document, by=None, event="document.save")


@pytest.mark.parametrize(
    "statement",
    ["UPDATE articles_document SET body = %s", "UPDATE articles_document SET number = 7 WHERE body <> %s"],
)
def test_raw_sql_is_refused_too(statement: str, founded: None) -> None:
    before = list(Document.objects.values())
    with refused("what readers saw stays known"):
        as_app(statement, "Rewritten.")
    assert list(Document.objects.values()) == before


def test_a_new_version_is_a_new_row(founded: None) -> None:
    with transaction.atomic():
        record(Document(kind="policy", number=2, body="New."), by=None, event="document.save")
    assert [row.body for row in Document.objects.filter(kind="policy")] == ["New.", "The editorial policy."]
