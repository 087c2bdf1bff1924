"""A version's content as the parts of a page, for each reader it addresses."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from . import references
from .citations import keys_in
from .claims import ANSWER, PLAIN, PROFESSIONAL, Claim
from .content import Content
from .markdown import render

STUDENT = "student"


def render_content(
    content: Content, *, mark_claims: Sequence[Claim] = (), prefix: str = ""
) -> dict[str, dict[str, Any]]:
    """The parts of a page for each audience: professional, student and, where there is one, plain.

    Parts are `question` and `title` (text), `direct_answer` and `body` (safe HTML) and `references`, numbered by first
    appearance in that wording, the direct answer first; each knows the ids of the places that cite it. With
    `mark_claims`, those of the direct answer and of the wording shown are marked; `prefix` goes before every id.
    """
    return {
        audience: render_page(content, audience, mark_claims=mark_claims, prefix=prefix)
        for audience in audiences(content)
    }


def audiences(content: Content) -> tuple[str, ...]:
    """Whom a text has a page for."""
    return (PROFESSIONAL, STUDENT, PLAIN) if content.plain.strip() else (PROFESSIONAL, STUDENT)


def render_page(
    content: Content, audience: str, *, mark_claims: Sequence[Claim] = (), prefix: str = ""
) -> dict[str, Any]:
    """The parts of one audience's page, as in `render_content`."""
    body = content.plain if audience == PLAIN else content.professional
    listed = {references.key_of(item): item for item in content.references if isinstance(item, dict)}
    numbers = numbers_of(content, audience)
    uses: Counter[int] = Counter()
    labels = {key: references.title_of(listed[key]) for key in numbers}
    expanded = content.abbreviations if audience == STUDENT else None

    def html(text: str, wording: str) -> str:
        own = [claim for claim in mark_claims if claim.wording == wording]
        return render(
            text,
            numbers=numbers,
            labels=labels,
            prefix=prefix,
            abbreviations=expanded,
            mark_claims=own,
            uses=uses,
        )

    answer = html(content.direct_answer, ANSWER)
    text = html(body, PLAIN if audience == PLAIN else PROFESSIONAL)
    return {
        "question": content.question,
        "direct_answer": answer,
        "title": content.title,
        "body": text,
        "references": [
            {"number": number, **references.parts(listed[key]), "backlinks": _backlinks(prefix, number, uses[number])}
            for key, number in numbers.items()
        ],
    }


def numbers_of(content: Content, audience: str) -> dict[str, int]:
    """The numbers that one audience's page gives the references it cites, by key."""
    body = content.plain if audience == PLAIN else content.professional
    listed = {references.key_of(item) for item in content.references if isinstance(item, dict)}
    cited = dict.fromkeys(keys_in(content.direct_answer) + keys_in(body))
    return {key: number for number, key in enumerate((key for key in cited if key in listed), 1)}


def _backlinks(prefix: str, number: int, uses: int) -> list[str]:
    return [f"{prefix}cite-{number}-{use}" for use in range(1, uses + 1)]
