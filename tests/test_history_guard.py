"""G2: no regulated row changes without a history row of the same transaction that tells it."""

import pytest
from django.db import Error, connection, transaction

from articles.models import Article, Specialty, Version
from oracle import clock
from oracle.accounts.models import User
from oracle.audit.guards import history_of, regulated_models
from oracle.audit.history import record
from reviews import checking

from .attacks import as_app, refused, rows
from .cast import make_article, under_review

pytestmark = pytest.mark.django_db(transaction=True)
REGULATED = {
    "Article", "Version", "Suspension", "Document", "Specialty", "Waiver", "Review", "Round", "AddedClaim",
    "ClaimCheck", "Comment", "BoardMember", "SignOffRule", "User",
}  # fmt: skip


def test_the_regulated_models_are_those_of_the_design():
    assert {model.__name__ for model in regulated_models()} == REGULATED


def test_every_regulated_table_has_its_guards():
    wanted = {
        (model._meta.db_table, name)
        for model in regulated_models()
        for name in ("history_check", "never_deleted", "no_truncate")
    } | {
        (history_of(model)._meta.db_table, name)
        for model in regulated_models()
        for name in ("append_only", "no_truncate", "place_history")
    }
    found = rows("SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled = 'O'")
    assert wanted <= set(found)


def test_update_without_history_is_refused(editor):
    article = make_article(editor)
    with refused("G2"):
        Article.objects.filter(pk=article.pk).update(risk="high")
    with refused("G2"):
        User.objects.filter(pk=editor.pk).update(roles=["chair"])
    with refused("G2"):
        as_app("UPDATE articles_version SET plain = 'x' WHERE id = %s", article.current_version_id)
    assert Article.objects.get(pk=article.pk).risk == "standard"


def test_bulk_writes_without_history_are_refused(editor):
    with refused("G2"):
        Specialty.objects.bulk_create([Specialty(slug="x", name="X")])
    version = make_article(editor).current_version
    version.plain = "Other words."
    with refused("G2"):
        Version.objects.bulk_update([version], ["plain"])
    with refused("G2"), transaction.atomic():
        Article(slug="no-history").save_without_historical_record()


def test_a_history_row_that_tells_another_story_does_not_help(editor):
    version = make_article(editor).current_version
    version.references = version.references[:1]
    with refused("G2"):
        record(version, by=editor, event="version.save")
        Version.objects.filter(pk=version.pk).update(references=[])


def test_history_of_an_earlier_transaction_does_not_count(editor):
    version = make_article(editor).current_version
    version.plain = "Other words."
    with transaction.atomic():
        record(version, by=editor, event="version.save")
    with refused("G2"):
        as_app("UPDATE articles_version SET plain = %s WHERE id = %s", "Back again.", version.pk)


def test_history_in_a_savepoint_counts(editor):
    version = make_article(editor).current_version
    with transaction.atomic(), transaction.atomic(), transaction.atomic():
        version.plain = "Other words."
        record(version, by=editor, event="version.save")
    assert Version.objects.get(pk=version.pk).plain == "Other words."


def test_a_sign_in_writes_no_history(editor):
    before = editor.history.count()
    User.objects.filter(pk=editor.pk).update(last_login=clock.now())
    assert editor.history.count() == before


def test_a_save_without_a_change_writes_nothing(editor):
    """Saving the same again is no change (F20)."""
    version = make_article(editor).current_version
    before = version.history.count()
    with transaction.atomic():
        record(version, by=editor, event="version.save")
    assert version.history.count() == before


def test_every_row_has_person_event_reason_and_roles(editor, reviewer):
    article, _ = under_review(editor, reviewer)
    first = article.history.order_by("history_id").first()
    assert (first.history_user, first.history_roles) == (editor, ["editor"])
    for model in regulated_models():
        blank = history_of(model)._default_manager.filter(history_event="") | history_of(model)._default_manager.filter(
            history_change_reason=""
        )
        assert list(blank) == []


def test_a_row_keeps_its_key(editor, reviewer):
    """A new key with a history row of its own would make the old row vanish untold."""
    _, row = under_review(editor, reviewer)
    check = checking.judge(row, row.version.fixed_claims[0].id, by=reviewer, verdict="supported")
    with refused("keeps its key"):
        as_app("UPDATE reviews_claimcheck SET id = 9999 WHERE id = %s", check.pk)


def test_a_history_row_cannot_choose_its_place(editor):
    """Written beforehand for a later transaction, or before all others: the database gives it its own place."""
    article = make_article(editor)
    newest = article.current_version.history.latest("history_id")
    last = newest.history_id
    newest.pk, newest.history_transaction, newest.history_user = -5, 10**9, None
    with transaction.atomic():
        newest.save(force_insert=True)
    forged = article.current_version.history.latest("history_id")
    assert forged.history_id > last
    assert forged.history_transaction < 10**9
    assert article.contributor_ids() == {editor.pk}


def test_an_old_row_with_the_number_of_a_new_transaction_tells_nothing(editor, as_owner):
    """A restored database counts its transactions anew, and so comes by the numbers of old history rows again."""
    article = make_article(editor).perform("submit", by=editor)
    history, first = "articles_historicalarticle", article.history.earliest("history_id").history_id
    kept = ", ".join(column.column for column in Article._meta.concrete_fields if not column.primary_key)

    def rewound() -> bool:
        as_owner(
            f"ALTER TABLE {history} DISABLE TRIGGER append_only; "
            f"UPDATE {history} SET history_transaction = pg_current_xact_id()::text::bigint + 1 "
            f"WHERE history_id = {first}; ALTER TABLE {history} ENABLE TRIGGER append_only"
        )
        with transaction.atomic():
            number = "SELECT history_transaction = pg_current_xact_id()::text::bigint"
            if rows(f"{number} FROM {history} WHERE history_id = %s", first) == [(False,)]:
                return False  # the server took the number itself
            with connection.cursor() as cursor:
                old = f"(SELECT {kept} FROM {history} WHERE history_id = %s)"
                cursor.execute(f"UPDATE articles_article SET ({kept}) = {old}", [first])
        return True

    with pytest.raises(Error, match="G2"):
        assert any(rewound() for _ in range(20))
    assert Article.objects.get(pk=article.pk).state == "submitted"


def test_rows_of_a_savepoint_tell_of_their_transaction(editor):
    article = make_article(editor)
    with transaction.atomic():
        rows("SELECT age(xmin) FROM articles_article")  # fixes what `age` counts from, before there is a number
        with transaction.atomic():
            article.slug = "another"
            record(article, by=editor, event="article.classify")
    assert Article.objects.get(pk=article.pk).slug == "another"


def test_the_guard_says_nothing_to_other_tables():
    with connection.cursor() as cursor:
        cursor.execute("UPDATE django_session SET session_data = session_data")
