"""References as CSL-JSON: reading what was pasted, and giving each item a citation key.

Shape of an item: `{"id", "type", "title", "container-title", "author": [{"family", "given"} | {"literal"}],
"issued": {"date-parts": [[2015]]}, "volume", "issue", "page", "DOI", "PMID", "PMCID", "URL", "publisher",
"custom": {"kind": "research" | "guideline" | "label" | "other"}}`; other fields only if CSL knows them.
Names of fields and types: the Citation Style Language specification 1.0.2, appendices III and IV.
"""

# ruff: noqa: SIM905 - words read better as words than as a list of strings

import json
import re
import unicodedata
from collections.abc import Collection, Mapping
from string import ascii_lowercase
from typing import Any, NoReturn

from articles.text.parsing import KEY

from .csl_fields import FIELDS, Item, cleaned
from .imported import LIMIT_REFERENCES, ImportRefused, clean, line_of

__all__ = ["FIELDS", "Item", "is_key", "key_for", "read", "with_keys"]

LONGEST_KEY = 60
SMALL_WORDS = frozenset(
    "a an and as at by for from in is of on or the to use using with without can does do what which".split()
)


def read(text: str) -> list[Item]:
    """The items of pasted CSL-JSON, a list or a single object, each checked and with a key of its own.

    Raises `ImportRefused`: not JSON (with the line), more than 2 MB or 500 references, an item that is wrong.
    """
    raw = _parsed(clean(text))
    items = raw if isinstance(raw, list) else [raw]
    if not items:
        raise ImportRefused("The list of references is empty.")
    if len(items) > LIMIT_REFERENCES:
        raise ImportRefused(f"There are {len(items)} references; at most {LIMIT_REFERENCES} can be taken at once.")
    where = [f"Reference {number}" for number in range(1, len(items) + 1)]
    for place, item in zip(where, items, strict=True):
        if not isinstance(item, dict):
            raise ImportRefused(f"{place} is not a JSON object with fields such as “title”.")
    ids = [item.get("id", "") for item in items]
    return with_keys([cleaned(item, where=place) for place, item in zip(where, items, strict=True)], ids)


def _parsed(text: str) -> Any:
    if not text.strip():
        raise ImportRefused("Nothing was pasted.")
    try:
        return json.loads(text, parse_constant=_not_a_number)
    except json.JSONDecodeError as error:
        raise ImportRefused(f"This is not CSL-JSON: {error.msg}.", line_of(text, error.pos)) from error
    except (RecursionError, ValueError) as error:
        raise ImportRefused("This is not CSL-JSON: it is nested too deeply or holds an impossible number.") from error


def _not_a_number(word: str) -> NoReturn:
    raise ImportRefused(f"This is not CSL-JSON: “{word}” is no JSON value.")


def with_keys(items: list[Item], ids: list[Any]) -> list[Item]:
    """The items with `id` first: the given one where it is a valid key not yet taken, else a made one."""
    taken = {given for given in ids if is_key(given)}
    used: set[str] = set()
    keyed = []
    for item, given in zip(items, ids, strict=True):
        key = given if is_key(given) and given not in used else key_for(item, taken)
        taken.add(key)
        used.add(key)
        keyed.append({"id": key, **item})
    return keyed


def is_key(value: object) -> bool:
    """Can `value` stand in the text as `[@value]`?"""
    return isinstance(value, str) and len(value) <= LONGEST_KEY and re.fullmatch(KEY, value) is not None


def key_for(item: Mapping[str, Any], taken: Collection[str]) -> str:
    """A new citation key such as `deen2016`: first author (or first word of the title) and year; never one `taken`.

    A second one gets a letter (`deen2016b`), from the 27th on a number.
    """
    base = _name(item) + _year(item)
    low = {key.lower() for key in taken}
    candidates = [base, *(base + letter for letter in ascii_lowercase[1:])]
    for candidate in candidates:
        if candidate not in low:
            return candidate
    number = len(candidates) + 1
    while f"{base}-{number}" in low:
        number += 1
    return f"{base}-{number}"


def _name(item: Mapping[str, Any]) -> str:
    people = item.get("author") or item.get("editor") or []
    first = people[0] if people else {}
    name = _letters(first.get("family") or first.get("literal", "").split(" ")[0])
    return name or _title_word(item.get("title", "")) or "ref"


def _title_word(title: str) -> str:
    words = [_letters(word) for word in title.split()]
    return next((word for word in words if len(word) > 2 and word not in SMALL_WORDS), "")


def _letters(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.replace("ß", "ss").replace("ø", "o").replace("Ø", "O"))
    return re.sub(r"[^a-z]", "", plain.encode("ascii", "ignore").decode().lower())[:30]


def _year(item: Mapping[str, Any]) -> str:
    parts = item.get("issued", {}).get("date-parts") or [[]]
    return str(parts[0][0]) if parts[0] else ""
