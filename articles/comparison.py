"""Two texts side by side: what changed in the wordings, the references, the disclosures and the quantities."""

from typing import Any

from articles.text.content import Content
from articles.text.diff import SAME, changed_quantities, compare, runs
from articles.text.references import vancouver

LABELS = {
    "question": "Question",
    "direct_answer": "Direct answer",
    "title": "Answer title",
    "professional": "Wording for health professionals",
    "plain": "Wording for patients and carers",
}


def comparison(before: Content, after: Content) -> dict[str, Any]:
    """`wordings` in runs of blocks, `lists` (references, evidence, disclosures), and `quantities` that changed.

    Each wording and list says in `spaces_only` that no word of it changed.
    """
    wordings = [_part(label, getattr(before, name), getattr(after, name)) for name, label in LABELS.items()]
    lists = [_part(label, read(before), read(after)) for label, read in LISTS.items()]
    quantities = [row for name in LABELS for row in changed_quantities(getattr(before, name), getattr(after, name))]
    return {
        "wordings": [part for part in wordings if part],
        "lists": [part for part in lists if part],
        "quantities": quantities,
    }


def _part(label: str, before: str, after: str) -> dict[str, Any] | None:
    if before == after:
        return None
    blocks = compare(before, after)
    return {"label": label, "runs": runs(blocks), "spaces_only": all(block.kind == SAME for block in blocks)}


def _references(content: Content) -> str:
    kinds = ((item, item.get("custom", {}).get("kind", "other")) for item in content.references)
    return "\n\n".join(f"@{item.get('id', '')} ({kind}): {vancouver(item)}" for item, kind in kinds)


def _evidence(content: Content) -> str:
    return "\n\n".join(
        f"@{one.get('key', '')}: “{one.get('quote', '')}” {one.get('place', '')}" for one in content.evidence
    )


def _abbreviations(content: Content) -> str:
    return "\n\n".join(f"{short} = {long}" for short, long in sorted(content.abbreviations.items()))


def _disclosures(content: Content) -> str:
    use = content.ai_use
    said = " · ".join(use[name] for name in ("level", "tool", "purpose", "checked_by") if use.get(name))
    return f"AI: {said}\n\nFunding: {content.funding}"


LISTS = {
    "References": _references,
    "Evidence": _evidence,
    "Abbreviations": _abbreviations,
    "Disclosures": _disclosures,
}
