"""G3 and G9: history, sign-offs, revocations and renderings are only added to; people who acted stay."""

import pytest
from django.db import models

from articles.models import Rendering, SearchText
from oracle.accounts.models import User
from oracle.audit.guards import append_only_tables, history_of, regulated_models
from reviews.models import Revocation, SetAside, SigningFailure, SignOff

from .attacks import as_app, refused, rows
from .cast import PASSWORD, approved

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_append_only_tables_are_those_of_the_design():
    made = (Rendering, SearchText, SignOff, Revocation, SigningFailure, SetAside)
    own = {model._meta.db_table for model in made}
    assert set(append_only_tables()) == own | {history_of(model)._meta.db_table for model in regulated_models()}


@pytest.mark.parametrize("statement", ["UPDATE {0} SET {1} = {1}", "DELETE FROM {0}", "TRUNCATE {0} CASCADE"])
def test_app_may_not_change_them(editor, reviewer, statement):
    approved(editor, reviewer)
    for table in append_only_tables():
        column = rows("SELECT column_name FROM information_schema.columns WHERE table_name = %s LIMIT 1", table)[0][0]
        with refused("permission denied"):
            as_app(statement.format(table, f'"{column}"'))


def test_the_triggers_refuse_even_where_the_grants_do_not(editor, reviewer, as_owner):
    approved(editor, reviewer)
    for table in append_only_tables():
        key = key_of(table)
        for statement in (f"UPDATE {table} SET {key} = {key}", f"DELETE FROM {table}", f"TRUNCATE {table} CASCADE"):
            if rows(f"SELECT 1 FROM {table} LIMIT 1") or "TRUNCATE" in statement:
                with pytest.raises(Exception, match=r"G[23459]"):
                    as_owner(statement)


def key_of(table: str) -> str:
    return "history_id" if "historical" in table else "id"


def test_people_are_never_deleted(editor):
    """Who acted is deactivated, never deleted (F3)."""
    with refused("permission denied"):
        as_app("DELETE FROM accounts_user WHERE id = %s", editor.pk)
    with refused("protected|G9|permission denied"):
        editor.delete()
    assert User.objects.filter(pk=editor.pk).exists()


def test_every_reference_to_a_person_protects_them():
    pointers = [
        (relation.related_model.__name__, relation.on_delete)
        for relation in User._meta.get_fields(include_hidden=True)
        if isinstance(relation, models.ManyToOneRel)
        and relation.related_model._meta.app_label in ("articles", "reviews", "accounts")
        and not relation.related_model._meta.auto_created
        and not relation.related_model.__name__.startswith("Historical")
    ]
    assert {name for name, rule in pointers if rule is not models.PROTECT} == set()


def test_a_name_on_a_signature_is_a_snapshot(editor, reviewer):
    from django.db import transaction

    from oracle.audit.history import record

    article = approved(editor, reviewer)
    reviewer.name = "Rita Married"
    with transaction.atomic():
        record(reviewer, by=None, event="user.save")
    assert article.signoffs.get().printed_name == "Rita Reviewer"
    assert article.signatures["people"][0]["name"] == "Rita Reviewer"
    assert reviewer.check_password(PASSWORD)
