"""What the fields of a CSL-JSON item may hold; used for pasted CSL-JSON, front matter and pasted lists alike."""

# ruff: noqa: SIM905 - words read better as words than as a list of strings

import html
import re
from collections.abc import Callable, Mapping
from typing import Any

from articles.text.content import line_ends
from articles.text.references import DOI_LIKE, KINDS, PMCID, PMID, likely_kind, without_resolver

from .imported import ImportRefused
from .names import person, persons

Item = dict[str, Any]

TYPES = frozenset(
    """article article-journal article-magazine article-newspaper bill book broadcast chapter classic collection
    dataset document entry entry-dictionary entry-encyclopedia event figure graphic hearing interview legal_case
    legislation manuscript map motion_picture musical_score pamphlet paper-conference patent performance periodical
    personal_communication post post-weblog regulation report review review-book software song speech standard thesis
    treaty webpage""".split()
)
# Names that Crossref gives in place of CSL's.
OTHER_TYPES = {
    "journal-article": "article-journal",
    "book-chapter": "chapter",
    "monograph": "book",
    "proceedings-article": "paper-conference",
    "posted-content": "article",
    "dissertation": "thesis",
}
TEXTS = frozenset(
    """abstract annote archive archive_collection archive-place archive_location authority call-number chapter-number
    citation-label collection-number collection-title container-title container-title-short dimensions division DOI
    edition event-place event-title genre ISBN ISSN issue jurisdiction keyword language license medium note number
    number-of-pages number-of-volumes original-publisher original-publisher-place original-title page page-first part
    part-title PMCID PMID printing publisher publisher-place references reviewed-genre reviewed-title scale section
    source status supplement title title-short URL version volume volume-title year-suffix""".split()
)
NAMES = frozenset(
    """author chair collection-editor compiler composer container-author contributor curator director editor
    editorial-director editor-translator executive-producer guest host illustrator interviewer narrator organizer
    original-author performer producer recipient reviewed-author script-writer series-creator translator""".split()
)
DATES = frozenset({"accessed", "available-date", "event-date", "issued", "original-date", "submitted"})
FIELDS = TEXTS | NAMES | DATES | {"custom", "id", "type"}
NAME_PARTS = ("family", "given", "literal", "suffix", "dropping-particle", "non-dropping-particle")
PLAIN_TAGS = re.compile(r"</?(?:i|b|em|strong|sub|sup|scp|span|inf)(?:\s[^<>]*)?>")
IN_NOTE = re.compile(r"\b(PMID|PMCID|DOI):\s*(\S+)")


def cleaned(raw: Mapping[str, Any], *, where: str, line: int | None = None) -> Item:
    """`raw` with known fields only, each in its shape; without `id`. `where` begins the sentence of a refusal."""

    def refuse(sentence: str) -> ImportRefused:
        return ImportRefused(f"{where} {sentence}", line)

    item: Item = {}
    for name in sorted(FIELDS - {"id", "type", "custom"} & set(raw)):
        value = _reader(name)(raw.get(name), name, refuse)
        if value:
            item[name] = value
    if "title" not in item:
        raise refuse("has no title.")
    _from_note(item)
    _check_locators(item, refuse)
    item["type"] = _type(raw.get("type"), item, refuse)
    item["custom"] = {"kind": _kind(raw.get("custom"), item, refuse)}
    return item


Refuse = Callable[[str], ImportRefused]


def _reader(name: str) -> Callable[[Any, str, Refuse], Any]:
    if name in NAMES:
        return _people
    return _date if name in DATES else _text


def _text(value: Any, name: str, refuse: Refuse) -> str:
    if isinstance(value, list) and len(value) == 1:
        value = value[0]  # Crossref wraps titles in a list
    if value is None or (isinstance(value, list) and not value):
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise refuse(f"has a “{name}” that is not text.")
    text = _storable(str(value), name, refuse)
    if name in ("title", "container-title"):
        text = html.unescape(PLAIN_TAGS.sub("", text))
        text = _storable(text, name, refuse)
    return text if name in ("abstract", "note") else " ".join(text.split())


def _storable(text: str, name: str, refuse: Refuse) -> str:
    if re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]", text):
        raise refuse(f"has a control character in “{name}”.")
    return line_ends(text).strip()


def _people(value: Any, name: str, refuse: Refuse) -> list[dict[str, str]]:
    if isinstance(value, str):
        return persons(_text(value, name, refuse))
    if value is None:
        return []
    if not isinstance(value, list):
        raise refuse(f"has a “{name}” that is not a list of names.")
    return [_person(one, name, refuse) for one in value if one]


def _person(value: Any, name: str, refuse: Refuse) -> dict[str, str]:
    if isinstance(value, str):
        return person(_text(value, name, refuse))
    if not isinstance(value, dict):
        raise refuse(f"has a name in “{name}” that is neither text nor “family” and “given”.")
    if "name" in value and "literal" not in value:
        value = value | {"literal": value["name"]}
    parts = {part: _text(value.get(part), name, refuse) for part in NAME_PARTS}
    if not (parts["family"] or parts["literal"] or parts["given"]):
        raise refuse(f"has an empty name in “{name}”.")
    return {part: text for part, text in parts.items() if text}


def _date(value: Any, name: str, refuse: Refuse) -> dict[str, Any]:
    if value is None or value == "":
        return {}
    if isinstance(value, str | int) and not isinstance(value, bool):
        value = {"raw": str(value)}
    if not isinstance(value, dict):
        raise refuse(f"has a date in “{name}” that is not in the form of CSL-JSON.")
    parts = [_date_parts(part, name, refuse) for part in _listed(value.get("date-parts"), name, refuse)]
    parts = [part for part in parts if part]
    return {"date-parts": parts[:2]} if parts else _date_from_words(value, name, refuse)


def _listed(value: Any, name: str, refuse: Refuse) -> list[Any]:
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(part, list) for part in value):
        raise refuse(f"has date-parts in “{name}” that are not a list of lists, like [[2015, 3]].")
    return value


def _date_parts(part: list[Any], name: str, refuse: Refuse) -> list[int]:
    given = [value for value in part if value is not None and value != ""]
    if not all(re.fullmatch(r"[0-9]{1,4}", str(value)) for value in given):
        raise refuse(f"has a date in “{name}” that is not made of numbers.")
    numbers = [int(value) for value in given]
    # 13 to 24 are CSL's seasons.
    limits = ((1000, 2200), (1, 24), (1, 31))
    if len(numbers) > 3 or any(not low <= n <= high for n, (low, high) in zip(numbers, limits, strict=False)):
        raise refuse(f"has an impossible date in “{name}”: {'-'.join(map(str, numbers))}.")
    return numbers


def _date_from_words(value: dict[str, Any], name: str, refuse: Refuse) -> dict[str, Any]:
    words = _text(value.get("raw") or value.get("literal"), name, refuse)
    match = re.fullmatch(r"([0-9]{4})(?:-([0-9]{1,2}))?(?:-([0-9]{1,2}))?(?:T.*)?", words)
    if match:
        return {"date-parts": [_date_parts(list(match.groups()), name, refuse)]}
    return {"literal": words} if words else {}


def _from_note(item: Item) -> None:
    """Reference managers keep identifiers that they have no field for as lines of the note."""
    for name, value in IN_NOTE.findall(item.get("note", "")):
        item.setdefault(name, value.rstrip(".,;"))


def _check_locators(item: Item, refuse: Refuse) -> None:
    if "DOI" in item:
        item["DOI"] = without_resolver(item["DOI"])
    shapes = {
        "DOI": (DOI_LIKE, "10.1000/182"),
        "PMID": (PMID, "23545520"),
        "PMCID": (PMCID, "PMC3456789"),
        "URL": (r"(?i:https?)://[^\s<>\"]+", "https://…"),
    }
    for name, (shape, example) in shapes.items():
        if name in item and not re.fullmatch(shape, item[name]):
            raise refuse(f"has a {name} that is not one: “{item[name][:80]}”. It should look like {example}.")


def _type(value: Any, item: Item, refuse: Refuse) -> str:
    given = OTHER_TYPES.get(str(value), value)
    if given is None or given == "":
        return likely_type(item)
    if not isinstance(given, str) or given not in TYPES:
        raise refuse(
            f"has the type “{str(given)[:40]}”, which CSL-JSON does not know. Use article-journal or document."
        )
    return given


def likely_type(item: Mapping[str, Any]) -> str:
    """The CSL type that follows from which fields are there."""
    if "container-title" in item:
        return "article-journal"
    return "webpage" if "URL" in item and "publisher" not in item else "document"


def _kind(custom: Any, item: Item, refuse: Refuse) -> str:
    given = custom.get("kind") if isinstance(custom, dict) else None
    if given is None or given == "":
        return likely_kind(item)
    if str(given).lower() not in KINDS:
        raise refuse(f"has the kind “{str(given)[:40]}”. The kinds are {', '.join(KINDS)}.")
    return str(given).lower()
