"""Lists: filters, a search, sort orders and pages by key, all kept in the address. It knows neither application.

A page begins beside a row, not at a number: `?after=` and `?before=` hold that row's sort values, so rows added
meanwhile neither hide a row nor show one twice, and the thousandth page is as quick as the first. What an address
says that a list does not know is left out; a place that cannot be read is the first page.
"""

import base64
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from django.db.models import F, Q
from django.db.models.expressions import OrderBy
from django.http import QueryDict

# A QuerySet with the query words of its model.
Rows = Any
BATCH = 500
_NOT_IN_SEARCH = re.compile(r"[\x00-\x1f]")
# The largest number of PostgreSQL's bigint.
_MOST = 2**63 - 1


def search_words(given: str) -> str:
    """What a person typed into a search box, as one line of at most 200 characters."""
    return _NOT_IN_SEARCH.sub(" ", given).strip()[:200]


@dataclass(frozen=True)
class Choice:
    """One choice of a filter: its word in the address, its label, and what of the rows it lets through."""

    value: str
    label: str
    narrow: Callable[[Rows], Rows]


@dataclass(frozen=True)
class Filter:
    """A filter by its name in the address; `everything` is the label of not filtering."""

    name: str
    label: str
    everything: str
    choices: Sequence[Choice]

    def narrow(self, rows: Rows, address: Mapping[str, str]) -> Rows:
        """The rows that the choice of an address lets through."""
        return next((one.narrow(rows) for one in self.choices if one.value == address.get(self.name)), rows)

    def field(self, address: Mapping[str, str]) -> dict[str, Any]:
        """The filter as a field of `components/list_filters.html`."""
        options = [("", self.everything), *((one.value, one.label) for one in self.choices)]
        return {"name": self.name, "label": self.label, "value": address.get(self.name, ""), "options": options}


@dataclass(frozen=True)
class Key:
    """A column or annotation to sort by; `kind` is the type of its values. Rows without one come last."""

    name: str
    kind: type = int
    descending: bool = False
    nullable: bool = False

    def order(self, forwards: bool) -> OrderBy:
        """The order of this key; said in the way an index has it wherever no value is missing."""
        falling = self.descending == forwards
        last = {"nulls_last": True} if forwards else {"nulls_first": True}
        missing = last if self.nullable else {}
        return F(self.name).desc(**missing) if falling else F(self.name).asc(**missing)

    def beyond(self, value: Any, forwards: bool) -> Q | None:
        """The rows that stand after (or before) a value; None if there can be none."""
        if value is None:
            return None if forwards else Q(**{f"{self.name}__isnull": False})
        rows = Q(**{f"{self.name}__{'lt' if self.descending == forwards else 'gt'}": value})
        return rows | Q(**{f"{self.name}__isnull": True}) if self.nullable and forwards else rows

    def same(self, value: Any) -> Q:
        """The rows that have a value."""
        return Q(**{f"{self.name}__isnull": True}) if value is None else Q(**{self.name: value})

    def read(self, value: Any) -> Any:
        """A value of an address; raises ValueError for what cannot be one."""
        if value is None and self.nullable:
            return None
        if self.kind in (date, datetime) and isinstance(value, str):
            return _moment(value) if self.kind is datetime else date.fromisoformat(value)
        if type(value) is not self.kind or (isinstance(value, int) and abs(value) > _MOST) or "\x00" in str(value):
            raise ValueError(value)
        str(value).encode()
        return value


@dataclass(frozen=True)
class Sort:
    """An order of rows; the last of its keys is unique."""

    name: str
    label: str
    keys: tuple[Key, ...]

    def rows(self, rows: Rows, place: Sequence[Any] | None = None, *, forwards: bool = True) -> Rows:
        """The rows in this order (or backwards), after (or before) a place."""
        kept = rows if place is None else rows.filter(self._beyond(place, forwards))
        return kept.order_by(*(key.order(forwards) for key in self.keys))

    def place(self, row: Any) -> list[Any]:
        """The place of a row: its sort values."""
        return [getattr(row, key.name) for key in self.keys]

    def read(self, text: str) -> list[Any] | None:
        """The place that an address names; None for anything else."""
        try:
            values = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
            return [key.read(value) for key, value in zip(self.keys, values, strict=True)]
        except (ValueError, TypeError, OverflowError, RecursionError):
            return None

    def _beyond(self, place: Sequence[Any], forwards: bool) -> Q:
        rows, same = Q(pk__in=[]), Q()
        for key, value in zip(self.keys, place, strict=True):
            own = key.beyond(value, forwards)
            if own is not None:
                rows |= same & own
            same &= key.same(value)
        return self._bound(place[0], forwards) & rows

    def _bound(self, value: Any, forwards: bool) -> Q:
        # Says nothing new, but lets PostgreSQL begin at the place in an index of the first key.
        key = self.keys[0]
        return Q() if key.nullable else Q(**{f"{key.name}__{'lte' if key.descending == forwards else 'gte'}": value})


@dataclass(frozen=True)
class Page:
    """A page of a list, with all that `components/list_filters.html` and `components/pager.html` say of it."""

    rows: list[Any]
    newer_url: str
    older_url: str
    first_url: str
    csv_url: str
    fields: list[dict[str, Any]]
    kept: dict[str, str]
    filtered: bool

    @property
    def beyond_first(self) -> bool:
        """Is this any other page than the first?"""
        return bool(self.newer_url)


@dataclass(frozen=True)
class Listing:
    """A list as it is declared: its rows, and what an address may ask of it. The first of `sorts` is the default.

    `search` narrows the rows by words; `kept` are further names of the address that the list's links carry on.
    """

    rows: Rows
    sorts: tuple[Sort, ...]
    filters: tuple[Filter, ...] = ()
    search: Callable[[Rows, str], Rows] | None = None
    search_label: str = ""
    size: int = 50
    kept: tuple[str, ...] = ()

    def page(self, address: QueryDict) -> Page:
        """The page that an address asks for."""
        found, newer, older = self._window(address)
        asked, sort = self._asked(address), self.sort(address)
        return Page(
            rows=found,
            newer_url=_url(asked, **({"before": _text(sort.place(found[0]))} if found else {})) if newer else "",
            older_url=_url(asked, after=_text(sort.place(found[-1]))) if older and found else "",
            first_url=_url(asked),
            csv_url=_url(asked, format="csv"),
            fields=self._fields(asked),
            kept={name: asked[name] for name in self.kept if name in asked},
            filtered=any(name in asked for name in ("q", *(one.name for one in self.filters))),
        )

    def found(self, address: QueryDict) -> Rows:
        """The rows that the filters and the search let through, in no order."""
        rows, asked = self.rows, self._asked(address)
        for one in self.filters:
            rows = one.narrow(rows, asked)
        return self.search(rows, asked["q"]) if self.search and "q" in asked else rows

    def sort(self, address: QueryDict) -> Sort:
        """The order that an address asks for."""
        return next((sort for sort in self.sorts if sort.name == address.get("sort")), self.sorts[0])

    def batches(self, address: QueryDict) -> Iterator[list[Any]]:
        """Every row that the filters let through, a few hundred at a time, so that memory stays flat."""
        rows, sort = self.found(address), self.sort(address)
        batch = list(sort.rows(rows)[:BATCH])
        while batch:
            yield batch
            batch = list(sort.rows(rows, sort.place(batch[-1]))[:BATCH]) if len(batch) == BATCH else []

    def _window(self, address: QueryDict) -> tuple[list[Any], bool, bool]:
        """The rows of a page, and whether there are pages before and after it."""
        rows, sort = self.found(address), self.sort(address)
        after, before = sort.read(address.get("after", "")), sort.read(address.get("before", ""))
        if before is not None:
            found = list(sort.rows(rows, before, forwards=False)[: self.size + 1])
            return found[: self.size][::-1], len(found) > self.size, True
        found = list(sort.rows(rows, after)[: self.size + 1])
        return found[: self.size], after is not None, len(found) > self.size

    def _asked(self, address: QueryDict) -> dict[str, str]:
        """What an address asks of this list, the search's words made one line; all else is left out."""
        asked = {one.name: address.get(one.name, "") for one in self.filters}
        known = {one.name: {choice.value for choice in one.choices} for one in self.filters}
        asked = {name: value for name, value in asked.items() if value in known[name]}
        words = search_words(address.get("q", "")) if self.search else ""
        sort = self.sort(address)
        others = {"q": words, "sort": sort.name if sort is not self.sorts[0] else ""}
        kept = {name: address.get(name, "")[:200] for name in self.kept}
        return {name: value for name, value in (others | asked | kept).items() if value}

    def _fields(self, asked: dict[str, str]) -> list[dict[str, Any]]:
        """The fields of the filter form, each a choice out of `options` or, without them, the search box."""
        first, *others = [Choice(sort.name, sort.label, lambda rows: rows) for sort in self.sorts]
        orders = [Filter("sort", "Order", first.label, others)] if others else []
        search = [{"name": "q", "label": self.search_label, "value": asked.get("q", "")}] if self.search else []
        return search + [one.field(asked) for one in (*self.filters, *orders)]


def _url(asked: dict[str, str], **others: str) -> str:
    address = QueryDict(mutable=True)
    address.update(asked | others)
    return f"?{address.urlencode()}" if address else "?"


def _text(place: Sequence[Any]) -> str:
    values = json.dumps(place, default=lambda value: value.isoformat(), separators=(",", ":"))
    return base64.urlsafe_b64encode(values.encode()).decode().rstrip("=")


def _moment(value: str) -> datetime:
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is None:
        raise ValueError(value)
    # PostgreSQL knows no fractions of a second in a time's zone.
    return moment.astimezone(UTC)
