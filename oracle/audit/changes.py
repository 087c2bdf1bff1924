"""Old and new: what one entry changed against the row before it."""

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone

from .timeline import Source

NOTHING = "nothing"


@dataclass(frozen=True)
class Change:
    """One field, before and after, in words."""

    label: str
    old: str
    new: str


def changes(source: Source, entry: int) -> list[Change]:
    """The fields in which the entry differs from the row before of the same object, in the table's order."""
    row = source.model._base_manager.get(pk=entry)
    before = _before(source, row)
    fields = [field for field in source.model._meta.concrete_fields if _told(field)]
    differing = [field for field in fields if _value(row, field) != _value(before, field)]
    names = _names(differing, [row, before])
    return [Change(_label(field), _words(before, field, names), _words(row, field, names)) for field in differing]


def _before(source: Source, row: models.Model) -> models.Model | None:
    if not hasattr(row, "history_id"):
        return None
    same = source.model._base_manager.filter(**{_key(row): getattr(row, _key(row))}, history_id__lt=row.history_id)
    return same.order_by("-history_id").first()


def _key(row: Any) -> str:
    return str(row.instance_type._meta.pk.attname)


def _told(field: "models.Field[Any, Any]") -> bool:
    return not field.name.startswith("history_") and field.name != "id"


def _value(row: models.Model | None, field: "models.Field[Any, Any]") -> Any:
    # An empty list, text or object says the same as a row that was not there.
    return (getattr(row, field.attname) if row else None) or None


def _label(field: "models.Field[Any, Any]") -> str:
    label = str(field.verbose_name)
    return label[:1].upper() + label[1:]


def _names(fields: "Sequence[models.Field[Any, Any]]", rows: Sequence[Any]) -> dict[Any, dict[Any, str]]:
    # One query for each table that is pointed at, however many fields point there.
    wanted: dict[Any, set[Any]] = defaultdict(set)
    for field in fields:
        if isinstance(field, models.ForeignKey):
            wanted[field.related_model] |= {_value(row, field) for row in rows} - {None}
    return {
        model: {key: str(found) for key, found in model._base_manager.in_bulk(keys).items()}
        for model, keys in wanted.items()
    }


def _words(row: models.Model | None, field: "models.Field[Any, Any]", names: dict[Any, dict[Any, str]]) -> str:
    value = getattr(row, field.attname) if row else None
    if value in (None, "", [], {}):
        return NOTHING
    if isinstance(field, models.ForeignKey):
        return names[field.related_model].get(value, f"number {value}")
    if isinstance(field, ArrayField):
        return ", ".join(str(dict(field.base_field.flatchoices).get(item, item)) for item in value)
    choices = dict(field.flatchoices)
    return str(choices[value]) if choices and value in choices else _plain(value)


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return f"{timezone.localtime(value):%-d %B %Y, %H:%M:%S %Z}"
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True)
    return str(value)
