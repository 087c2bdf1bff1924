"""Corrections: what changed for readers in all articles, newest first, told from the articles' own history (R45)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from . import wording
from .models import Article
from .models.queries import signed_notes
from .standing import keeps_text, shows_text

# Kind: its name on screen, and the events that tell it. The index `articles_corrections` has the same events.
KINDS = {
    "version": ("New version", ["article.approve"]),
    "withdrawn": ("Withdrawn", ["article.withdraw"]),
    "hidden": ("Hidden for safety", ["article.suspend"]),
    "shown": ("Shown again", ["article.resume"]),
    "revoked": ("Signature taken back", ["article.reopen", "signoff.revoke"]),
}
TONES = {"version": "good", "withdrawn": "bad", "hidden": "bad", "shown": "info", "revoked": "wait"}
EVENTS = {event: kind for kind, (_, events) in KINDS.items() for event in events}


@dataclass(frozen=True)
class Correction:
    """One thing that readers should know; `detail` is the change note or the reason, empty where readers get none."""

    id: int
    at: datetime
    kind: str
    slug: str
    question: str
    sentence: str
    detail: str

    @property
    def label(self) -> str:
        """The kind in words."""
        return KINDS[self.kind][0]

    @property
    def tone(self) -> str:
        """The tone of its badge."""
        return TONES[self.kind]


def history() -> QuerySet[Any]:
    """The history rows that tell a correction, in no order.

    The first version that was ever signed corrects nothing; a withdrawal that readers never saw is not told.
    """
    rows = Article.history.model.objects.filter(first_public_on__isnull=False)
    approved = rows.filter(id=OuterRef("id"), history_event="article.approve", history_id__lt=OuterRef("history_id"))
    withdrawn = Q(history_event="article.withdraw", withdrawal__isnull=True)
    told = rows.filter(history_event__in=list(EVENTS)).exclude(withdrawn)
    return told.filter(~Q(history_event="article.approve") | Exists(approved))  # type: ignore[no-any-return]


def corrections(rows: Sequence[Any], on: date) -> list[Correction]:
    """The corrections that rows of `history` tell, as readers may know them on day `on`. Two statements."""
    articles = Article.objects.for_corrections(on).in_bulk({row.id for row in rows})
    versions = signed_notes(row.standing_version_id for row in rows if EVENTS[row.history_event] == "version")
    return [_correction(row, articles[row.id], versions.get(row.standing_version_id, {}), on) for row in rows]


def _correction(row: Any, article: Any, version: Any, on: date) -> Correction:
    kind = EVENTS[row.history_event]
    sentence, detail = _TOLD[kind](row, version)
    return Correction(
        id=row.history_id,
        at=row.history_date,
        kind=kind,
        slug=article.slug,
        question=article.question,
        sentence=sentence,
        detail=detail if kind != "version" or _keeps_note(article, version, on) else "",
    )


def _keeps_note(article: Any, version: Any, on: date) -> bool:
    """A change note belongs to its text, and is read only while that may be."""
    if version["id"] == article.shown_id:
        return shows_text(article, on, article.withholds)
    return not version["withdrawn_since"] and keeps_text(article, version["id"], version["outcome"])


def _signed(row: Any, version: Any) -> tuple[str, str]:
    people = row.signatures.get("people", [])
    # The newest signature is the one that published the version.
    if people and people[-1]["meaning"] == "correction":
        what, people = ", a correction that changes no statement,", people[-1:]
    else:
        what = ""
    names = [f"{person['name']}, {person['credentials']}" for person in people]
    return f"Version {version['number']}{what} was signed by {'; '.join(names)}.", version["note"]


def _withdrawn(row: Any, version: Any) -> tuple[str, str]:
    return f"Withdrawn by the {row.withdrawal['role']} of our {wording.BOARD}.", row.withdrawal["reason"]


def _hidden(row: Any, version: Any) -> tuple[str, str]:
    who = "the chair of" if row.suspension["role"] == "chair" else "a member of"
    return f"Its text was hidden by {who} our {wording.BOARD}.", row.suspension["reason"]


def _shown(row: Any, version: Any) -> tuple[str, str]:
    return f"Its text was shown again by the chair of our {wording.BOARD}.", ""


def _revoked(row: Any, version: Any) -> tuple[str, str]:
    return "A signature was taken back; its text is not shown until it is signed again.", ""


_TOLD = {"version": _signed, "withdrawn": _withdrawn, "hidden": _hidden, "shown": _shown, "revoked": _revoked}
