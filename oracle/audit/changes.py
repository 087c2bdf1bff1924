"""Old and new: what one entry changed against the row before it."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from difflib import SequenceMatcher
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone

from .timeline import Source

NOTHING = "nothing"
LONGEST = 20_000  # characters of a text in which the words that differ are still marked
CAPITALS = {"ai": "AI", "sha256": "SHA-256", "doi": "DOI", "pmid": "PMID", "url": "address"}
_UNIT = r"(?:%|‰|[kµμmnp]?g|mcg|[mdµμ]?[lL]|[mµμnp]?mol|IU|mmHg|min|h|days?|weeks?|months?|years?)(?![\w])(?:/[\w²]+)*"
_TOKEN = re.compile(rf"\s*(?:\d+(?:[.,·]\d+)*(?:\s?{_UNIT})?|\w+|[^\w\s]|$)")


@dataclass(frozen=True)
class Part:
    """A run of text; `differs` from the other side."""

    text: str
    differs: bool


@dataclass(frozen=True)
class Change:
    """One field, before and after, in words."""

    label: str
    old: str
    new: str

    @property
    def sides(self) -> tuple[list[Part], list[Part]]:
        """Both texts in runs, the words that differ marked; long texts, and what was nothing, are one run."""
        if NOTHING in (self.old, self.new) or max(len(self.old), len(self.new)) > LONGEST:
            return [Part(self.old, False)], [Part(self.new, False)]
        return marked(self.old, self.new)


def marked(old: str, new: str) -> tuple[list[Part], list[Part]]:
    """Both texts in runs of words; a number with its decimals and unit is one word."""
    before, after = _tokens(old), _tokens(new)
    left: list[Part] = []
    right: list[Part] = []
    for op, i, j, k, m in SequenceMatcher(None, before, after).get_opcodes():
        left.append(Part("".join(before[i:j]), op != "equal"))
        right.append(Part("".join(after[k:m]), op != "equal"))
    return [part for part in left if part.text], [part for part in right if part.text]


def _tokens(text: str) -> list[str]:
    return [token for token in _TOKEN.findall(text) if token]


def changes(source: Source, entry: int) -> list[Change]:
    """The fields in which the entry differs from the row before of the same object, in the table's order."""
    row = source.model._base_manager.get(pk=entry)
    before = _before(source, row)
    fields = [field for field in source.model._meta.concrete_fields if _told(field)]
    differing = [field for field in fields if _value(row, field) != _value(before, field)]
    names = _names(differing, [row, before])
    return [Change(_label(field), _words(before, field, names), _words(row, field, names)) for field in differing]


def columns(row: models.Model, named: Sequence[str] = ()) -> list[tuple[str, str]]:
    """Every column of a row as (label, words), in the table's order; only those `named`, where some are."""
    fields = [field for field in row._meta.concrete_fields if (field.name in named if named else _told(field))]
    names = _names(fields, [row])
    return [(_label(field), _words(row, field, names)) for field in fields]


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
    label = _spelt(str(field.verbose_name))
    return label[:1].upper() + label[1:]


def _spelt(name: str) -> str:
    return " ".join(CAPITALS.get(word, word) for word in name.replace("_", " ").split(" "))


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
    if isinstance(value, date):
        return f"{value:%-d %B %Y}"
    if isinstance(value, dict | list):
        return "\n".join(_lines(value))
    return str(value)


def _lines(value: Any, indent: str = "") -> Iterator[str]:
    """JSON as lines "name: value"; the members of a list have numbers; what is inside stands further to the right."""
    members = value.items() if isinstance(value, dict) else enumerate(value, 1)
    for name, member in members:
        start = f"{indent}{_spelt(str(name))}:" if isinstance(value, dict) else f"{indent}{name}."
        if isinstance(member, dict | list) and member:
            yield start
            yield from _lines(member, f"{indent}    ")
        else:
            yield f"{start} {NOTHING if member in (None, '', [], {}) else _plain(member)}"
