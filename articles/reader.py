"""The public article page, put together from the one row that `ArticleQuerySet.for_readers` gives. Pure functions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from . import wording
from .standing import Standing, keeps_text, shows_text, standing
from .text.markdown import render


@dataclass(frozen=True)
class Reader:
    """Whom a page addresses: `choice` is what the address says, empty for a health professional."""

    choice: str = ""

    CHOICES = (("", "Health professional"), ("patient", "Patient or carer"), ("student", "Student"))
    AUDIENCES = {"patient": "plain", "student": "student"}

    @classmethod
    def of(cls, query: Mapping[str, str]) -> "Reader":
        """The reader whom an address names; an unknown name is the default."""
        choice = query.get("for", "")
        return cls(choice if choice in cls.AUDIENCES else "")

    @property
    def audience(self) -> str:
        """The audience of the wording."""
        return self.AUDIENCES.get(self.choice, "professional")

    @property
    def query(self) -> str:
        """What the site's own links carry on."""
        return f"?for={self.choice}" if self.choice else ""

    def links(self) -> list[dict[str, Any]]:
        """The three choices, each with the query that makes it."""
        return [
            {"label": label, "query": f"?for={choice}" if choice else "", "current": choice == self.choice}
            for choice, label in self.CHOICES
        ]

    def wording_note(self, text: Mapping[str, Any]) -> str:
        """Which wording this is, in words (R120)."""
        if self.choice == "student":
            written_out = "with abbreviations written out" if text["abbreviated"] else "unchanged"
            return f"You read the wording for health professionals, {written_out}."
        if self.choice == "patient" and text["rendered"]["has_plain"]:
            return "You read the wording for patients and carers."
        missing = "There is no wording for patients and carers yet. " if self.choice == "patient" else ""
        return f"{missing}You read the wording for health professionals."


@dataclass(frozen=True)
class Text:
    """A text that readers may read: `parts` as `articles.text.rendering` made them, and its disclosures in words."""

    parts: Mapping[str, Any]
    wording_note: str
    ai_use: str
    funding: str
    change_note: str

    @classmethod
    def of(cls, says: Mapping[str, Any], reader: Reader) -> "Text":
        """The text from what `ArticleQuerySet.for_readers` or `text_of` read."""
        return cls(
            parts=says["rendered"]["parts"],
            wording_note=reader.wording_note(says),
            ai_use=wording.ai_use(says["ai_use"]),
            funding=says["funding"],
            change_note=says["change_note"],
        )


@dataclass(frozen=True)
class Page:
    """Everything the template of the article page says, in the order of the page."""

    slug: str
    reader: Reader
    standing: Standing
    question: str
    specialties: list[str]
    badge: tuple[str, str]
    vouches: str
    all_reviewed: bool
    notice: dict[str, str] | None
    replacement: str | None
    newer_work: str
    steps: list[dict[str, Any]]
    status: tuple[str, str]
    correction: str
    dates: list[dict[str, Any]]
    policy: int | None
    policy_signed: int | None
    text: Text | None
    people: list[dict[str, Any]]
    disclosures: str
    disclaimer: str
    number: int
    fingerprint: str
    description: str

    @property
    def hidden_first(self) -> bool:
        """Does a notice come before all else? Hidden and withdrawn articles say so first."""
        return self.standing in (Standing.SUSPENDED, Standing.WITHDRAWN)

    @property
    def indexed(self) -> bool:
        """May search engines list it? Only what is signed (R38)."""
        return self.standing in (Standing.APPROVED, Standing.OVERDUE)


def page(article: Any, reader: Reader, on: date) -> Page:
    """The page of a row of `for_readers`, as `reader` gets it on day `on`."""
    now = standing(article, on)
    shown = shows_text(article, on, article.withholds)
    names = {field["slug"]: field["name"] for field in article.fields}
    people = signers(article.signatures, names)
    signed = shown and now is not Standing.PENDING
    return Page(
        slug=article.slug,
        reader=reader,
        standing=now,
        question=article.shown["question"],
        specialties=[names.get(slug, slug) for slug in article.specialties],
        badge=wording.badge(article, now),
        vouches=wording.vouches(now, article.shown),
        all_reviewed=article.all_reviewed,
        notice=wording.notice(article, now, article.shown, readable=shown, policy=article.withholds),
        replacement=article.replacement,
        newer_work=wording.newer_work(article) if signed else "",
        steps=steps(article, now, people),
        status=wording.status(article, now, article.shown),
        correction=wording.correction([person for person in people if corrects(person)]) if signed else "",
        dates=dates(article, now),
        policy=article.policy and article.policy["number"],
        policy_signed=article.signatures.get("documents", {}).get("policy") if signed else None,
        text=Text.of(article.text, reader) if shown else None,
        people=people if signed else [],
        disclosures=wording.disclosures(people) if signed else "",
        disclaimer=markdown(article.disclaimer["body"], prefix="disclaimer-") if article.disclaimer else "",
        number=article.shown["number"],
        fingerprint=article.shown["fingerprint"],
        description=wording.description(article, now, article.shown),
    )


def markdown(text: str, prefix: str = "") -> str:
    """A document of the site as safe HTML."""
    return render(text, numbers={}, labels={}, prefix=prefix)


def signers(signatures: Mapping[str, Any], names: Mapping[str, str]) -> list[dict[str, Any]]:
    """The people who signed the standing version, from its snapshot, with times and names of specialties."""
    return [
        person
        | {
            "specialties": [names.get(slug, slug) for slug in person["specialties"]],
            "signed_at": datetime.fromisoformat(person["signed_at"]),
        }
        for person in signatures.get("people", [])
    ]


def corrects(person: Mapping[str, Any]) -> bool:
    """Is it a signature of a correction, which reviews nothing?"""
    return bool(person["meaning"] == "correction")


def steps(article: Any, now: Standing, people: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The three steps of the version shown, for `components/stepper.html`."""
    signed = article.standing_version_id is not None
    submitted, began = article.submitted_on, article.review_started_on
    if signed:
        submitted, began = (_day(article.signatures.get(key)) for key in ("submitted_on", "review_started_on"))
    states = _states(article.state, signed, reviewed=began is not None)
    entries = zip(("Submitted", "Under Review", "Approved"), states, (submitted, began, article.signed_on), strict=True)
    drawn: list[dict[str, Any]] = [
        {"name": name, "state": state, "date": None if state == "todo" else on} for name, state, on in entries
    ]
    drawn[2]["names"] = [f"{person['name']}, {person['credentials']}" for person in people if not corrects(person)]
    drawn[2]["detail"] = _last_step(article, now)
    drawn[2]["todo"] = "Not any more" if now is Standing.WITHDRAWN else ""
    drawn[2]["signed"], drawn[2]["reached"] = signed, now is Standing.APPROVED
    return drawn


def _states(state: str, signed: bool, *, reviewed: bool) -> tuple[str, str, str]:
    if signed:
        return "done", "done", "current"
    if state == "submitted":
        return "current", "todo", "todo"
    if state == "under_review":
        return "done", "current", "todo"
    return "done", "done" if reviewed else "todo", "todo"


def _last_step(article: Any, now: Standing) -> str:
    if now is Standing.OVERDUE:
        return f"Overdue: its review was due by {wording.day(article.review_due)}"
    if now is Standing.SUSPENDED:
        return f"Hidden since {wording.day(article.suspension['at'])}"
    if now is Standing.WITHDRAWN:
        return f"Withdrawn on {wording.day(article.withdrawal['on'])}"
    return ""


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def dates(article: Any, now: Standing) -> list[dict[str, Any]]:
    """Last updated, last reviewed, next review due (R35, R36), for `components/dates.html`."""
    lost = now is Standing.WITHDRAWN or article.shown["outcome"] == "revoked"
    due = "None" if now is Standing.WITHDRAWN else "Set when it is signed"
    return [
        {"label": "Last updated", "date": article.updated_on, "empty": "Not known"},
        {"label": "Last reviewed", "date": article.signed_on, "empty": "No review stands" if lost else "Not reviewed"},
        {"label": "Next review due", "date": article.review_due, "empty": due},
    ]


@dataclass(frozen=True)
class VersionLine:
    """One version in the public history; of a text no longer `readable`, only this."""

    id: int
    number: int
    submitted_at: datetime
    fingerprint: str
    became: str
    shown: bool
    readable: bool
    change_note: str


def version_lines(article: Any, whole: Page, rows: Sequence[Mapping[str, Any]]) -> list[VersionLine]:
    """The public version history of a row of `for_readers`; `rows` are those of `queries.submitted_versions`."""
    withdrawn = max((row["number"] for row in rows if row["outcome"] == "withdrawn"), default=0)
    return [_version_line(article, whole, row, withdrawn) for row in rows]


def _version_line(article: Any, whole: Page, row: Mapping[str, Any], withdrawn: int) -> VersionLine:
    shown = row["id"] == article.shown_id
    # With a text, every earlier one was withdrawn.
    kept = row["number"] > withdrawn and keeps_text(article, row["id"], row["outcome"])
    readable = whole.text is not None if shown else kept
    note = whole.text.change_note if shown and whole.text else row["note"]
    hidden = bool(article.suspension) and article.suspension["version"] == row["id"]
    return VersionLine(
        id=row["id"],
        number=row["number"],
        submitted_at=row["frozen_at"],
        fingerprint=row["content_sha256"],
        became=wording.became(article, row["outcome"], row["ended_at"], shown=shown, hidden=hidden),
        shown=shown,
        readable=readable,
        change_note=note if readable else "",
    )
