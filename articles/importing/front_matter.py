"""The YAML block at the top of a Markdown draft, with the line of every value.

Every scalar is read as the text that was typed: `year: 2015` is "2015" and `title: No` is "No". Anchors, aliases and
tags are refused, so nothing in a file can be constructed, repeated or grow.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml

from .imported import LIMIT_REFERENCES, ImportRefused, clean

LIMIT_CHARACTERS = 500_000
LIMIT_DEPTH = 12


@dataclass(frozen=True)
class Located:
    """A value of the front matter and the line on which it stands; `value` holds `Located` values in turn."""

    value: "str | list[Located] | dict[str, Located]"
    line: int
    name: str = "the front matter"

    def text(self) -> str:
        """The value as text; `ImportRefused` where it is a list or a mapping."""
        if not isinstance(self.value, str):
            raise ImportRefused(
                f"“{self.name}” must be text. Put it in quotes if it has a colon or brackets.", self.line
            )
        return self.value.strip()

    def one_line(self, limit: int) -> str:
        """The value as one line of at most `limit` characters."""
        text = " ".join(self.text().split())
        if len(text) > limit:
            raise ImportRefused(f"“{self.name}” has {len(text)} characters; at most {limit} are possible.", self.line)
        return text

    def items(self) -> "list[Located]":
        """The value as a list; an empty value is an empty list."""
        if self.value == "":
            return []
        if not isinstance(self.value, list):
            raise ImportRefused(f"“{self.name}” must be a list, each item on a line that begins with “- ”.", self.line)
        return self.value

    def mapping(self, known: frozenset[str] | None = None) -> "dict[str, Located]":
        """The value as a mapping; a key that is not `known` is refused by name."""
        if self.value == "":
            return {}
        if not isinstance(self.value, dict):
            raise ImportRefused(f"“{self.name}” must be made of lines like “key: value”.", self.line)
        for key, inner in self.value.items():
            if known is not None and key not in known:
                raise ImportRefused(
                    f"“{key}” is not a key of {self.name}. The keys are {', '.join(sorted(known))}.", inner.line
                )
        return self.value

    def plain(self) -> Any:
        """The value without its lines."""
        if isinstance(self.value, list):
            return [item.plain() for item in self.value]
        if isinstance(self.value, dict):
            return {key: inner.plain() for key, inner in self.value.items()}
        return self.value


def split(text: str) -> tuple[Located | None, str, int]:
    """The front matter (None where the file has none), the body beneath it, and the body's first line's number."""
    lines = text.split("\n")
    if lines[0].rstrip() != "---":
        return None, text, 1
    end = next((n for n, line in enumerate(lines[1:], start=1) if line.rstrip() in ("---", "...")), None)
    if end is None:
        raise ImportRefused("The front matter that begins here is never closed. End it with a line “---”.", 1)
    return _read("\n".join(lines[1:end])), "\n".join(lines[end + 1 :]), end + 2


def _read(block: str) -> Located:
    if len(block) > LIMIT_CHARACTERS:
        raise ImportRefused("The front matter is longer than 500,000 characters.", 1)
    try:
        _refuse_tricks(block)
        node = yaml.compose(block, Loader=yaml.BaseLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise ImportRefused(f"This is not YAML: {error.problem or error.context}.", _line(mark)) from error
    except (yaml.YAMLError, ValueError, OverflowError, RecursionError) as error:
        raise ImportRefused(
            "The front matter is not YAML: it holds a character or number that YAML forbids.", 1
        ) from error
    if not isinstance(node, yaml.MappingNode):
        raise ImportRefused("The front matter must be made of lines like “question: …”.", 2)
    return _located(node, "the front matter")


def _line(mark: Any) -> int:
    """The line of the file: the block begins on its second one."""
    return int(mark.line) + 2 if mark else 1


def _refuse_tricks(block: str) -> None:
    depth = 0
    for event in yaml.parse(block, Loader=yaml.BaseLoader):
        line = _line(event.start_mark)
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise ImportRefused(
                "Anchors (&) and aliases (*) are not taken. Put quotes around text that begins so.", line
            )
        if isinstance(event, yaml.ScalarEvent):
            _refuse_hidden(event.value, line)
        if getattr(event, "tag", None):
            raise ImportRefused("Tags (!) are not taken. Put quotes around text that begins with “!”.", line)
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > LIMIT_DEPTH:
            raise ImportRefused(f"This is nested more than {LIMIT_DEPTH} levels deep.", line)


def _refuse_hidden(value: str, line: int | None) -> None:
    """An escape such as "\\0" makes a character that the file itself does not show."""
    try:
        clean(value)
    except ImportRefused as refused:
        raise ImportRefused(refused.reason, line) from None


def _located(node: yaml.Node, name: str) -> Located:
    line = _line(node.start_mark)
    if isinstance(node, yaml.MappingNode):
        return Located(dict(_pairs(node)), line, name)
    if isinstance(node, yaml.SequenceNode):
        if len(node.value) > LIMIT_REFERENCES:
            raise ImportRefused(f"“{name}” has {len(node.value)} items; at most {LIMIT_REFERENCES} are possible.", line)
        return Located([_located(item, name) for item in node.value], line, name)
    return Located(node.value, line, name)


def _pairs(node: yaml.MappingNode) -> Iterator[tuple[str, Located]]:
    seen = set()
    for key, value in node.value:
        line = _line(key.start_mark)
        if not isinstance(key, yaml.ScalarNode) or not re.search(r"\S", key.value):
            raise ImportRefused("A key must be a word, followed by a colon.", line)
        if key.value in seen:
            raise ImportRefused(f"“{key.value}” stands here a second time. Keep one.", line)
        seen.add(key.value)
        inner = _located(value, key.value)
        # A block's first line is the one below its key; people look for the key.
        yield key.value, Located(inner.value, line, key.value)
