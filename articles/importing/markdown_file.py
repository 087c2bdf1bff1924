"""Drafts as Markdown files with front matter; their form is described in docs/importing.md."""

# ruff: noqa: SIM905 - words read better as words than as a list of strings

import re
from typing import Any

from articles.text.citations import keys_in
from articles.text.content import AI_LEVELS, Content
from articles.text.risks import RISKS

from . import csl
from .csl_fields import cleaned
from .front_matter import Located, split
from .imported import (
    LIMIT_LINE,
    Imported,
    ImportRefused,
    clean,
    proposal_notes,
    propose,
    slug_from,
)
from .pasted import from_pasted
from .pasted_numbers import unlinked

KEYS = frozenset(
    """question direct_answer title slug specialties risk references evidence abbreviations ai_use funding
    plain""".split()
)
# Short names in a reference, and the CSL-JSON field each stands for.
SHORT = {
    "authors": "author",
    "doi": "DOI",
    "journal": "container-title",
    "pages": "page",
    "pmcid": "PMCID",
    "pmid": "PMID",
    "url": "URL",
    "year": "issued",
}
REFERENCE_KEYS = csl.FIELDS | SHORT.keys() | {"kind", "number"}
SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
PLAIN_HEADING = re.compile(r"#[ \t]+plain wording[ \t]*#*[ \t]*", re.IGNORECASE)
FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")


def from_markdown(text: str) -> Imported:
    """The draft in a Markdown file. A file without front matter is read as pasted text. Raises `ImportRefused`."""
    text = clean(text)
    front, body, body_line = split(text)
    if front is None:
        imported = from_pasted(text)
        return Imported(**vars(imported) | {"notes": [NO_FRONT_MATTER, *imported.notes]})
    return _Draft(front, body, body_line).imported()


NO_FRONT_MATTER = "The file has no front matter, so it was read like a pasted answer."


class _Draft:
    """One file being read."""

    def __init__(self, front: Located, body: str, body_line: int) -> None:
        self.front = front.mapping(KEYS)
        self.body = body
        self.body_line = body_line
        self.notes: list[str] = []

    def imported(self) -> Imported:
        question = self.line("question")
        if not question:
            raise ImportRefused("The front matter has no “question”. Add a line “question: …”.", 1)
        references, printed = self.references()
        content = self.content(question, references)
        texts = (content.direct_answer, content.professional, content.plain)
        keys = [item["id"] for item in references]
        proposals = propose(texts, keys, printed)
        self.note_unknown_keys(texts, keys)
        return Imported(
            content=content,
            proposals=proposals,
            slug=self.slug(question),
            specialties=self.specialties(),
            risk=self.choice("risk", self.front.get("risk"), RISKS),
            notes=self.notes + proposal_notes(proposals),
        )

    def content(self, question: str, references: list[csl.Item]) -> Content:
        professional, plain = self.wordings()
        return Content(
            question=question,
            direct_answer=unlinked(self.text("direct_answer"), self.notes),
            title=self.line("title"),
            professional=unlinked(professional, self.notes),
            plain=unlinked(plain, self.notes),
            references=references,
            evidence=self.evidence({item["id"] for item in references}),
            abbreviations=self.abbreviations(),
            ai_use=self.ai_use(),
            funding=self.text("funding"),
        )

    def line(self, key: str) -> str:
        return self.front[key].one_line(LIMIT_LINE) if key in self.front else ""

    def text(self, key: str) -> str:
        return self.front[key].text() if key in self.front else ""

    def choice(self, name: str, given: Located | None, allowed: tuple[str, ...]) -> str:
        value = given.text().lower() if given else ""
        if given and value and value not in allowed:
            raise ImportRefused(f"“{name}” is {' or '.join(allowed)}, not “{value[:40]}”.", given.line)
        return value

    def slug(self, question: str) -> str:
        given = self.front.get("slug")
        if given is None or not given.text():
            return slug_from(question)
        slug = given.one_line(120)
        if not SLUG.fullmatch(slug):
            raise ImportRefused(
                "“slug” is made of small letters, digits and single hyphens, like “iron-tablets”.", given.line
            )
        return slug

    def specialties(self) -> list[str]:
        given = self.front.get("specialties")
        if given is None:
            return []
        named = [given] if isinstance(given.value, str) and given.value else given.items()
        for one in named:
            if not SLUG.fullmatch(one.text()):
                raise ImportRefused("A specialty is written in small letters and hyphens, like “nephrology”.", one.line)
        return list(dict.fromkeys(one.text() for one in named))

    def wordings(self) -> tuple[str, str]:
        """The body, divided at a heading “# Plain wording”; the front matter's `plain` takes the place of that part."""
        professional, plain = _divided(self.body, self.body_line)
        given = self.text("plain")
        if plain is not None and given:
            raise ImportRefused(
                "The plain wording stands twice: here and under “# Plain wording”. Keep one.", self.front["plain"].line
            )
        return professional, plain or given

    def references(self) -> tuple[list[csl.Item], dict[int, str]]:
        """The items with their keys, and which numbers the list itself gives them."""
        given = self.front["references"].items() if "references" in self.front else []
        items: list[csl.Item] = []
        ids: list[str] = []
        numbers: dict[int, int] = {}
        for position, one in enumerate(given, start=1):
            fields = one.mapping(REFERENCE_KEYS)
            items.append(self.reference(fields, f"Reference {position}", one.line))
            ids.append(_id(fields, ids))
            if "number" in fields:
                numbers[position - 1] = _number(fields["number"], numbers)
        keyed = csl.with_keys(items, ids)
        return keyed, {number: keyed[index]["id"] for index, number in numbers.items()}

    def reference(self, fields: dict[str, Located], where: str, line: int) -> csl.Item:
        raw: dict[str, Any] = {}
        for key, inner in fields.items():
            name = SHORT.get(key, key)
            if name in raw:
                raise ImportRefused(f"{where} has “{name}” twice, once as “{key}”. Keep one.", inner.line)
            if key == "year" and not re.fullmatch(r"[12][0-9]{3}", inner.text()):
                raise ImportRefused("“year” is four digits, like 2015.", inner.line)
            raw[name] = inner.plain()
        if "kind" in raw:
            if "custom" in raw:
                raise ImportRefused(f"{where} has its kind twice. Keep “kind” and drop “custom”.", line)
            raw["custom"] = {"kind": raw.pop("kind")}
        raw.pop("number", None)
        item = cleaned(raw, where=where, line=line)
        if not (raw.get("custom") or {}):
            self.notes.append(f"{where} has no kind; it was taken as {item['custom']['kind']}.")
        return item

    def evidence(self, keys: set[str]) -> list[dict[str, Any]]:
        given = self.front["evidence"].items() if "evidence" in self.front else []
        return [_evidence(one, keys) for one in given]

    def abbreviations(self) -> dict[str, str]:
        given = self.front["abbreviations"].mapping() if "abbreviations" in self.front else {}
        return {short: full.one_line(LIMIT_LINE) for short, full in given.items()}

    def ai_use(self) -> dict[str, str]:
        if "ai_use" not in self.front:
            return {}
        given = self.front["ai_use"].mapping(frozenset({"level", "tool", "purpose", "checked_by"}))
        if given and "level" not in given:
            raise ImportRefused(f"“ai_use” has no “level”; it is {' or '.join(AI_LEVELS)}.", self.front["ai_use"].line)
        self.choice("level", given.get("level"), AI_LEVELS)
        return {key: one.text().lower() if key == "level" else one.text() for key, one in given.items()}

    def note_unknown_keys(self, texts: tuple[str, ...], keys: list[str]) -> None:
        cited = dict.fromkeys(key for text in texts for key in keys_in(text))
        unknown = [f"[@{key}]" for key in cited if key not in keys]
        if unknown:
            self.notes.append(f"Cited, but not in the list of references: {', '.join(unknown)}.")


def _divided(body: str, first: int) -> tuple[str, str | None]:
    """The text above and below the line “# Plain wording”; None where there is no such line outside code."""
    lines = body.split("\n")
    fence, places = "", []
    for index, line in enumerate(lines):
        match = FENCE.match(line)
        if match and not fence:
            fence = match[1]
        elif match and match[1].startswith(fence) and line.strip() == match[1]:
            fence = ""
        elif not fence and PLAIN_HEADING.fullmatch(line):
            places.append(index)
    if len(places) > 1:
        raise ImportRefused("“# Plain wording” stands here a second time. Keep one.", first + places[1])
    if not places:
        return body.strip("\n"), None
    return "\n".join(lines[: places[0]]).strip("\n"), "\n".join(lines[places[0] + 1 :]).strip("\n")


def _id(fields: dict[str, Located], taken: list[str]) -> str:
    if "id" not in fields or not fields["id"].text():
        return ""
    key = fields["id"].text()
    if not csl.is_key(key):
        raise ImportRefused(
            f"“{key[:60]}” cannot be a citation key. Use letters and digits, like “deen2016”.", fields["id"].line
        )
    if key in taken:
        raise ImportRefused(f"Two references have the id “{key}”. Give each its own.", fields["id"].line)
    return key


def _number(given: Located, taken: dict[int, int]) -> int:
    if not re.fullmatch(r"[1-9][0-9]{0,2}", given.text()):
        raise ImportRefused("A reference's “number” is a whole number from 1 to 999.", given.line)
    number = int(given.text())
    if number in taken.values():
        raise ImportRefused(f"Two references have the number {number}. Give each its own.", given.line)
    return number


def _evidence(one: Located, keys: set[str]) -> dict[str, Any]:
    fields = one.mapping(frozenset({"key", "quote", "place"}))
    passage = {name: fields[name].text() if name in fields else "" for name in ("key", "quote", "place")}
    if passage["key"] not in keys:
        raise ImportRefused(f"“evidence” names “{passage['key'][:60]}”, which no reference has as its id.", one.line)
    if not passage["quote"]:
        raise ImportRefused("“evidence” has no “quote”: the passage of the source, word for word.", one.line)
    return passage
