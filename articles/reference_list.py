"""The list of references of an open version: adding, changing, removing, and the evidence for each.

Pure functions from `Content` to `Content`, for `drafts.change`; they raise `Refusal` when they cannot.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from articles.importing import csl
from articles.importing.imported import LIMIT_REFERENCES
from articles.text.citations import keys_in, numbers_in
from articles.text.content import Content
from articles.text.parsing import inlines, parse, source_offset
from articles.text.references import KINDS
from oracle.refusals import Refusal

Change = Callable[[Content], Content]
LIMIT_EVIDENCE = 200


def find(content: Content, key: str) -> dict[str, Any] | None:
    """The reference with that key."""
    return next((item for item in content.references if item.get("id") == key), None)


def cited_keys(content: Content) -> list[str]:
    """The keys that the texts cite, by first appearance."""
    return keys_in("\n\n".join((content.direct_answer, content.professional, content.plain)))


def has_numbers(content: Content) -> bool:
    """Are there numbers nobody matched yet? Then nobody can tell which references the text cites."""
    return any(numbers_in(text) for text in (content.direct_answer, content.professional, content.plain))


def put(item: dict[str, Any], key: str) -> Change:
    """Replace the reference with that key."""

    def change(content: Content) -> Content:
        if find(content, key) is None:
            raise Refusal(f"The reference “{key}” is no longer in the list; look again.")
        changed = {**item, "id": key}
        return replace(content, references=[changed if old.get("id") == key else old for old in content.references])

    return change


def add(items: Sequence[dict[str, Any]]) -> Change:
    """Add references, each with an `id`; one that is there already word for word is left out.

    Where a key is taken by another reference, the new one gets a key of its own.
    """

    def change(content: Content) -> Content:
        references = list(content.references)
        for item in items:
            taken = {str(old["id"]) for old in references}
            if item not in references:
                key = csl.key_for(item, taken) if item["id"] in taken else item["id"]
                references.append({**item, "id": key})
        if len(references) > LIMIT_REFERENCES:
            raise Refusal(f"A text holds at most {LIMIT_REFERENCES} references.")
        return replace(content, references=references)

    return change


def remove(key: str) -> Change:
    """Remove a reference that no text cites, with its evidence."""

    def change(content: Content) -> Content:
        if find(content, key) is None:
            raise Refusal(f"The reference “{key}” is no longer in the list; look again.")
        if has_numbers(content):
            raise Refusal("The text still has numbers that are not matched; match them before you remove a reference.")
        if key in cited_keys(content):
            raise Refusal(f"The text still cites [@{key}]; take that out of the text first.")
        return replace(
            content,
            references=[item for item in content.references if item.get("id") != key],
            evidence=[item for item in content.evidence if item.get("key") != key],
        )

    return change


def set_kind(key: str, kind: str) -> Change:
    """Say what kind of source a reference is."""

    def change(content: Content) -> Content:
        item = find(content, key)
        if item is None or kind not in KINDS:
            raise Refusal(f"The reference “{key}” is no longer in the list; look again.")
        changed = {**item, "custom": {**item.get("custom", {}), "kind": kind}}
        return put(changed, key)(content)

    return change


def quick_fix(fix: str) -> Change:
    """The change behind a check's quick fix, such as `remove-reference:KEY` or `set-kind:KEY:other`."""
    name, _, rest = fix.partition(":")
    key, _, value = rest.rpartition(":")
    if name == "remove-reference":
        return remove(rest)
    if name == "set-kind":
        return set_kind(key, value)
    raise Refusal("There is no such quick fix; reload the page.")


def add_evidence(key: str, quote: str, place: str) -> Change:
    """Note the passage of a source and where it stands in it."""

    def change(content: Content) -> Content:
        if find(content, key) is None:
            raise Refusal(f"The reference “{key}” is no longer in the list; look again.")
        if len(content.evidence) >= LIMIT_EVIDENCE:
            raise Refusal(f"A text holds at most {LIMIT_EVIDENCE} quoted passages.")
        return replace(content, evidence=[*content.evidence, {"key": key, "quote": quote, "place": place}])

    return change


def remove_evidence(index: int) -> Change:
    """Take out the passage at that place in the list, from 0."""

    def change(content: Content) -> Content:
        if not 0 <= index < len(content.evidence):
            raise Refusal("That passage is no longer in the list; look again.")
        return replace(content, evidence=[item for place, item in enumerate(content.evidence) if place != index])

    return change


def without_number(text: str, number: int) -> str:
    """The text without citation `number`: `[2,4]` becomes `[4]`, and `[2]` goes with the space before it."""
    spots = [
        (source_offset(inline, child.meta["start"]), child)
        for inline in inlines(parse(text))
        for child in inline.children or []
        if child.type == "number" and number in child.meta["numbers"]
    ]
    for start, mark in reversed(spots):
        left = [str(other) for other in mark.meta["numbers"] if other != number]
        before, after = text[:start], text[start + len(mark.content) :]
        text = f"{before}[{', '.join(left)}]{after}" if left else before.removesuffix(" ") + after
    return text


def joined(text: str) -> str:
    """The text with citations that stand side by side made one: `[@a][@b]` becomes `[@a; @b]`."""
    seams = []
    for inline in inlines(parse(text)):
        before = -1
        for child in inline.children or []:
            start = source_offset(inline, child.meta["start"]) if child.type == "citation" else -1
            if start >= 0 and start == before:
                seams.append(start)
            before = start + len(child.content) if start >= 0 else -1
    for seam in reversed(seams):
        text = f"{text[: seam - 1]}; {text[seam + 1 :]}"
    return text
