"""History: one row for each change of a regulated row, with person, time, event and reason (guarantee G2).

Every regulated row is written through `record`, which names the person and the event; PostgreSQL refuses the
rest at commit (oracle/audit/guards.py).
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from simple_history.models import HistoricalRecords as SimpleHistoricalRecords

from oracle import clock

if TYPE_CHECKING:
    from oracle.accounts.models import User

ModelT = TypeVar("ModelT", bound=models.Model)


class CurrentTransaction(models.Func):
    """The id of the top-level transaction; `xmin` would name a savepoint's."""

    template = "(pg_current_xact_id()::text::bigint)"
    output_field = models.BigIntegerField()
    arity = 0


class HistoryRow(models.Model):
    """What every history row keeps beside the row's own columns.

    `history_event` is a key such as `article.submit`; `history_change_reason` the typed reason, else the event;
    `history_roles` the person's roles at that moment.
    """

    history_transaction = models.BigIntegerField(db_default=CurrentTransaction(), db_index=True, editable=False)
    history_event = models.TextField()
    history_roles = ArrayField(models.TextField(), default=list)

    class Meta:
        abstract = True


class HistoricalRecords(SimpleHistoricalRecords):  # type: ignore[misc]
    """simple-history with this product's columns, no deletion of people, and no row for a save without a change."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("bases", [HistoryRow])
        kwargs.setdefault("history_id_field", models.BigAutoField())
        kwargs.setdefault("history_change_reason_field", models.TextField())
        kwargs.setdefault("cascade_delete_history", False)
        super().__init__(*args, **kwargs)

    def _get_history_user_fields(self) -> dict[str, Any]:
        person = models.ForeignKey("accounts.User", null=True, related_name="+", on_delete=models.PROTECT)
        return {"history_user": person}

    def get_meta_options(self, model: type[models.Model]) -> dict[str, Any]:
        """Index what the timeline sorts and filters by; equal times are ordered by id."""
        names = {field.name for field in model._meta.fields}
        options: dict[str, Any] = super().get_meta_options(model)
        options["ordering"] = ("-history_id",)
        options["indexes"] = [
            models.Index(fields=("-history_date", "-history_id")),
            models.Index(fields=("id" if "id" in names else str(model._meta.pk and model._meta.pk.name), "history_id")),
            models.Index(fields=("history_user", "-history_date")),
            models.Index(fields=("history_event", "-history_date")),
            # Few rows have a typed reason: words are looked for in these alone.
            models.Index(
                fields=("-history_date", "-history_id"),
                condition=~models.Q(history_change_reason=models.F("history_event")),
                name=f"typed_reasons_{model._meta.model_name}"[:30],
            ),
        ]
        if "article" in names:
            options["indexes"].append(models.Index(fields=("article", "-history_date")))
        return options

    def post_save(self, instance: models.Model, created: bool, using: str | None = None, **kwargs: Any) -> None:
        """Skip a save of nothing but excluded columns (a sign-in's `last_login`)."""
        kept = {field.name for field in self.fields_included(instance)}
        saved = kwargs.get("update_fields")
        if saved is None or kept & set(saved):
            super().post_save(instance, created, using=using, **kwargs)

    def get_change_reason_for_object(self, instance: models.Model, history_type: str, using: str | None) -> str:
        """The typed reason; where none was asked for, the event."""
        return getattr(instance, "_change_reason", None) or _event(instance)

    def get_history_user(self, instance: models.Model) -> "User | None":
        """Only `record` names a person; the request is never asked."""
        return getattr(instance, "_history_user", None)


def _event(instance: models.Model) -> str:
    return getattr(instance, "_history_event", None) or f"{instance._meta.model_name}.saved"


def complete_row(sender: type[models.Model], history_instance: Any, instance: models.Model, **_: Any) -> None:
    """Fill the columns that simple-history does not know (receiver of `pre_create_historical_record`)."""
    person = getattr(instance, "_history_user", None)
    history_instance.history_event = _event(instance)
    history_instance.history_roles = list(person.roles) if person else []
    history_instance.history_date = clock.now()


def record(row: ModelT, *, by: "User | None", event: str, reason: str = "", delete: bool = False) -> ModelT:
    """Save `row` with a history row that names who, which event and why; `by=None` is the system.

    A save that would change no kept column writes nothing. Call inside `transaction.atomic()`.
    """
    marks: dict[str, Any] = {"_history_user": by, "_history_event": event, "_change_reason": reason or None}
    vars(row).update(marks)
    try:
        write: Callable[[], Any] = row.delete if delete else row.save
        if delete or row._state.adding or changed(row):
            write()
    finally:
        for mark in marks:
            vars(row).pop(mark, None)
    return row


def changed(row: models.Model) -> bool:
    """Does `row` differ from what the database holds?"""
    columns = [field.attname for field in row._meta.concrete_fields]
    stored = type(row)._base_manager.filter(pk=row.pk).values(*columns).first()
    return stored != {column: getattr(row, column) for column in columns}
