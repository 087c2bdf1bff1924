"""The verbs of an article's life: their words on buttons, their reasons, and what they need as evidence."""

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from oracle.refusals import Refusal

if TYPE_CHECKING:
    from .version import Version


# Conditions of verbs: the docstring is the sentence of the refusal.


def never_submitted(article: Any) -> bool:
    """Readers have seen this article; only the chair may withdraw it."""
    return article.submitted_on is None


def has_signed_version(article: Any) -> bool:
    """There is no signed version to go back to."""
    return article.standing_version_id is not None


@dataclass(frozen=True)
class Verb:
    """One row of docs/life.md's table that a person does by hand."""

    name: str
    label: str
    explanation: str
    needs_reason: bool = False
    tone: str = ""


@dataclass(frozen=True)
class Approval:
    """The evidence of `approve`: what the sign-offs on one version say, as readers are told it."""

    version_id: int
    signed_on: date
    review_due: date
    signatures: dict[str, Any]


BY_HAND = (
    Verb("submit", "Send to the board", "Freezes the text and sends it to the Medical Advisory Board.", tone="primary"),
    Verb("recall", "Take back", "The board stops work on this version; you get a copy to write in.", True),
    Verb("revise", "Revise", "Opens the next version. The signed one stays public until the new one is signed."),
    Verb("abandon", "Drop this version", "The open version is put away; the signed one stays as it is.", tone="danger"),
    Verb("discard", "Discard", "Puts this draft away. Nothing is deleted and its address stays taken.", tone="danger"),
    Verb("withdraw", "Withdraw", "Takes it away from readers; only a chair undoes it.", True, tone="danger"),
    Verb("reinstate", "Reinstate", "Opens the next version, to be written and sent to the board again.", True),
)
_NAMED = {verb.name: verb for verb in BY_HAND}


# What django-fsm keeps with each transition: whether a person does it by hand, and whether a reason is typed.
SUBMIT, RECALL, REVISE, ABANDON, DISCARD, WITHDRAW, REINSTATE = (
    {"by_hand": True, "needs_reason": verb.needs_reason} for verb in BY_HAND
)
BY_EVIDENCE: dict[str, Any] = {"by_hand": False, "needs_reason": False}
BY_EVIDENCE_WITH_REASON: dict[str, Any] = {"by_hand": False, "needs_reason": True}


def label(verb: str) -> str:
    """The words on the verb's button."""
    return _NAMED[verb].label if verb in _NAMED else verb.replace("_", " ")


def own_reason(article: Any, verb: str) -> str:
    """The reason a verb brings along: a submission's is its change note, which explains all saves since."""
    return article.current_version.change_note if verb == "submit" else ""


def by_hand(verb: str) -> Verb:
    """The verb of a button; any other name is refused."""
    if verb not in _NAMED:
        raise Refusal(f"There is no step called “{verb}” that is done by hand.")
    return _NAMED[verb]


def check_ready(version: "Version") -> None:
    """Raise a `Refusal` unless the version may be submitted."""
    errors = [finding for finding in version.findings() if finding.level == "error"]
    if errors:
        count = f"{len(errors)} things" if len(errors) > 1 else "One thing"
        raise Refusal(f"{count} must be mended before this can be sent to the board. {errors[0].message}")
    if not version.ai_use.get("level") or not version.ai_use.get("checked_by"):
        raise Refusal("Confirm how AI was used, and who checked the text, before you send it to the board.")
    if not version.funding.strip():
        raise Refusal("Confirm the funding (“none” is an answer) before you send it to the board.")
