"""Drafts as plain text, the way an AI system's answer looks once it was copied and pasted.

The order of work: lines → head (question, answer title) → reference list → citation numbers → blocks → Markdown.
Whatever is not taken over stands word for word in the notes.
"""

from articles.text.content import Content

from . import csl
from .imported import Imported, clean, proposal_notes, propose, slug_from
from .pasted_blocks import Block, blocks, markdown
from .pasted_head import Head, take_answer, take_head
from .pasted_lines import Line, drop_boilerplate, read_lines
from .pasted_numbers import bracket_numbers
from .pasted_references import Listed, read_list, split_list


def from_pasted(text: str) -> Imported:
    """The draft in a pasted text. Raises `ImportRefused` only for what cannot be stored at all."""
    notes: list[str] = []
    lines = drop_boilerplate(read_lines(clean(text), notes), notes)
    lines, list_lines = split_list(lines, notes)
    listed = read_list(list_lines, notes)
    head, lines = take_head(lines, notes)
    head, body = _body(head, bracket_numbers(lines, len(listed), notes), notes)
    return _imported(head, markdown(body), listed, notes)


def _body(head: Head, lines: list[Line], notes: list[str]) -> tuple[Head, list[Block]]:
    """The direct answer taken off the top of what follows the head."""
    head, rest = take_answer(head, blocks(lines), notes)
    guessed = [f"“{block.text}” (line {block.line})" for block in rest if block.kind == "guessed heading"]
    if guessed:
        notes.append(f"Short lines were taken as headings: {', '.join(guessed)}.")
    return head, rest


def _imported(head: Head, professional: str, listed: list[Listed], notes: list[str]) -> Imported:
    references = csl.with_keys([one.item for one in listed], [""] * len(listed))
    keys = [item["id"] for item in references]
    proposals = propose((head.direct_answer, professional), keys, _printed(listed, keys, notes))
    return Imported(
        content=Content(
            question=head.question,
            direct_answer=head.direct_answer,
            title=head.title,
            professional=professional,
            references=references,
        ),
        proposals=proposals,
        slug=slug_from(head.question or head.title),
        notes=notes + head.missing() + proposal_notes(proposals),
    )


def _printed(listed: list[Listed], keys: list[str], notes: list[str]) -> dict[int, str]:
    """The keys by the list's own numbers; a number printed twice stands for nothing."""
    numbers = [one.printed for one in listed if one.printed is not None]
    twice = sorted({number for number in numbers if numbers.count(number) > 1})
    if twice:
        notes.append(f"The list prints the same number twice: {', '.join(map(str, twice))}. It proves nothing there.")
    printed = {one.printed: key for one, key in zip(listed, keys, strict=True) if one.printed is not None}
    return {number: "" if number in twice else key for number, key in printed.items()}
