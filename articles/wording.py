"""What readers are told of an article's standing, in sentences. Pure functions; hidden text never comes in here."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from .standing import Standing, withholds

if TYPE_CHECKING:
    from .models import Article

BOARD = "Medical Advisory Board"
EDUCATION = "For education only. This page does not replace the advice of a clinician who knows the patient."
CAUTION = "Exercise caution: this content is pending human review."
ALL_REVIEWED = f"All articles published here are reviewed by our {BOARD}."

# The words on a badge, with its tone; a pending article is named after its state.
BADGES = {
    Standing.WITHDRAWN: ("Withdrawn", "bad"),
    Standing.SUSPENDED: ("Hidden for safety", "bad"),
    Standing.OVERDUE: ("Overdue for review", "wait"),
    Standing.APPROVED: ("Approved", "good"),
}
PENDING_BADGES = {"submitted": ("Submitted", "wait"), "under_review": ("Under Review", "wait")}

OUTCOMES = {
    "recalled": "Taken back by the editors{on}, before it was signed",
    "sent_back": "Sent back by the board{on}, with a request for changes",
    "signed": "Signed{on}; a newer version followed",
    "revoked": "A signature was taken back{on}",
    "withdrawn": "Signed, then withdrawn{on}",
    "hidden": "Signed, then hidden for safety; replaced{on}",
}


def day(moment: date | datetime | str) -> str:
    """A date as people read it; times become the day in the site's time zone, texts are ISO 8601."""
    if isinstance(moment, str):
        moment = datetime.fromisoformat(moment) if "T" in moment else date.fromisoformat(moment)
    if isinstance(moment, datetime):
        moment = timezone.localdate(moment)
    return f"{moment:%-d %B %Y}"


def badge(article: "Article", now: Standing) -> tuple[str, str]:
    """The standing as a word and a tone."""
    return BADGES.get(now) or PENDING_BADGES.get(article.state, ("Being revised", "wait"))


def vouches(now: Standing, shown: Mapping[str, Any]) -> str:
    """What the board vouches for on this page (R37); `shown` are the facts of the version shown."""
    if _taken_back(now, shown):
        return f"Not reviewed by our {BOARD} at present: a signature was taken back."
    return {
        Standing.APPROVED: f"This article was reviewed by our {BOARD}.",
        Standing.OVERDUE: f"This article was reviewed by our {BOARD} in the past; its next review is overdue.",
        Standing.PENDING: f"Not yet reviewed by our {BOARD}.",
        Standing.SUSPENDED: f"Our {BOARD} does not vouch for this article at present.",
        Standing.WITHDRAWN: f"Our {BOARD} no longer vouches for this article.",
    }[now]


def description(article: "Article", now: Standing, shown: Mapping[str, Any]) -> str:
    """The page in a line for search engines; of an overdue one it claims no review."""
    meaning, since = status(article, now, shown)
    if now is Standing.OVERDUE:
        return f"Exercise caution: this text is overdue for review. {since}"
    return f"{vouches(now, shown)} {meaning} {since}"


def status(article: "Article", now: Standing, shown: Mapping[str, Any]) -> tuple[str, str]:
    """What the status means, and since when the article waits (R105); `shown` are the facts of the version shown."""
    if now is Standing.PENDING:
        return _pending(article, shown)
    sentences = {Standing.WITHDRAWN: _withdrawn, Standing.SUSPENDED: _suspended, Standing.OVERDUE: _overdue}
    return sentences.get(now, _approved)(article)


def _taken_back(now: Standing, shown: Mapping[str, Any]) -> bool:
    return now is Standing.PENDING and shown["outcome"] == "revoked"


def _pending(article: "Article", shown: Mapping[str, Any]) -> tuple[str, str]:
    if shown["outcome"] == "revoked" and article.state in PENDING_BADGES:
        return _signed_before(article, shown)
    if article.state == "submitted":
        meaning = f"This answer was sent to our {BOARD}, and nobody is reviewing it yet."
        return meaning, f"It has waited since {day(article.submitted_on or date.min)}."
    if article.state == "under_review":
        since = day(article.review_started_on or article.submitted_on or date.min)
        return f"Members of our {BOARD} are checking this answer, and it is not signed.", f"In review since {since}."
    why = {
        "sent_back": "The board asked for changes to the last version, so its text is not shown.",
        "revoked": "A signature on the last version was taken back, so its text is not shown.",
    }.get(shown["outcome"], "The editors took the last version back, so its text is not shown.")
    return why, f"A new version has been in work since {day(article.current_version.created_at)}."


def _signed_before(article: "Article", shown: Mapping[str, Any]) -> tuple[str, str]:
    meaning = "This answer was signed, and then a signature was taken back, so its text is not shown."
    if article.state == "under_review":
        return meaning, f"Members of our {BOARD} are checking it again."
    return meaning, f"It has waited for a new review since {day(shown['ended_at'])}."


def _approved(article: "Article") -> tuple[str, str]:
    signed, due = day(article.signed_on or date.min), day(article.review_due or date.min)
    meaning = f"Members of our {BOARD} checked this answer statement by statement and signed it on {signed}."
    return meaning, f"It will be reviewed again by {due}."


def correction(people: list[dict[str, Any]]) -> str:
    """Who signed the newest correction of the text since it was reviewed, as a sentence; empty without one."""
    if not people:
        return ""
    last = people[-1]
    who = f"{last['name']}, {last['credentials']}"
    return f"A correction that changes no statement was signed by {who}, on {day(last['signed_at'])}."


def _overdue(article: "Article") -> tuple[str, str]:
    due = article.review_due or date.min
    meaning = f"Members of our {BOARD} signed this answer on {day(article.signed_on or due)}, until {day(due)}."
    return meaning, f"It has waited for a new review since {day(due + timedelta(days=1))}."


def _suspended(article: "Article") -> tuple[str, str]:
    since = day((article.suspension or {})["at"])
    return "The text of this article is hidden until the board has looked into a concern.", f"Hidden since {since}."


def _withdrawn(article: "Article") -> tuple[str, str]:
    meaning = "This article was withdrawn; its text is no longer shown, and its address stays."
    return meaning, f"Withdrawn on {day((article.withdrawal or {})['on'])}."


def notice(
    article: "Article", now: Standing, shown: Mapping[str, Any], *, readable: bool, policy: str
) -> dict[str, str] | None:
    """The caution or notice in words, for `components/notice.html`; None for a signed text in date.

    `policy` is what the editorial policy in force withholds.
    """
    if _taken_back(now, shown):
        return {"tone": "wait", "heading": "No longer approved", "text": _until_signed_again(article, shown)}
    if now is Standing.WITHDRAWN:
        facts = article.withdrawal or {}
        text = f"Withdrawn on {day(facts['on'])} by the {facts['role']} of our {BOARD}. Reason: {facts['reason']}"
        return {"tone": "bad", "heading": "This article has been withdrawn", "text": text}
    if now is Standing.SUSPENDED:
        facts = article.suspension or {}
        who = "the chair of" if facts["role"] == "chair" else "a member of"
        text = f"Hidden on {day(facts['at'])} by {who} our {BOARD}. Reason: {facts['reason']}"
        return {"tone": "bad", "heading": "The text of this article is hidden", "text": text}
    if now is Standing.OVERDUE:
        due = day(article.review_due or date.min)
        text = f"Exercise caution: this text was to be reviewed again by {due}, and has not been."
        return {"tone": "wait", "heading": "Overdue for review", "text": text}
    if now is Standing.PENDING:
        return {
            "tone": "wait",
            "heading": "Not reviewed yet",
            "text": CAUTION if readable else withheld(article, policy),
        }
    return None


def _until_signed_again(article: "Article", shown: Mapping[str, Any]) -> str:
    when = f"A signature on this text was taken back on {day(shown['ended_at'])}."
    if article.state in PENDING_BADGES:
        return f"{when} The text is not shown until it is signed again."
    return f"{when} The text is not shown, and a new version is being written."


def withheld(article: "Article", policy: str) -> str:
    """Why a pending text cannot be read."""
    if article.state in PENDING_BADGES:
        return "This content is pending human review. Our editorial policy shows its text once it is signed."
    when = "signed" if withholds(policy, article.risk) else "sent in"
    return f"This content is pending human review, and is being revised. Its text will be shown once it is {when}."


def too_many_reports(contact: str) -> str:
    """What a reader is told whose reports come too fast."""
    return (
        "Five reports came from your internet address within an hour, so this one was not taken. Your words are kept "
        f"below: send them again in an hour, or now by e-mail to {contact}."
    )


def newer_work(article: "Article") -> str:
    """A line on work beyond the standing version; empty when there is none."""
    if article.standing_version_id is None or article.current_version_id == article.standing_version_id:
        return ""
    if article.state in PENDING_BADGES:
        return f"A newer version of this article is with our {BOARD}."
    return "A newer version of this article is being written."


def ai_use(facts: Mapping[str, str]) -> str:
    """How AI was used, in a sentence or two; see `articles.text.content.Content.ai_use`."""
    tool = facts.get("tool", "")
    detail = "; ".join(part for part in (tool, facts.get("purpose", "")) if part)
    detail = f" ({detail})" if detail else ""
    sentence = {
        "none": "No AI system was used to write this text.",
        "assisted": f"An AI system helped to write this text{detail}.",
        "drafted": f"This text was drafted by an AI system{detail}.",
    }.get(facts.get("level", ""), "How AI was used is not recorded.")
    checked_by = facts.get("checked_by", "")
    return f"{sentence} Checked by {checked_by} before it was sent to the board." if checked_by else sentence


def disclosures(people: list[dict[str, Any]]) -> str:
    """What the reviewers declared for this article (R39)."""
    told = [f"{person['name']}: {person['conflict']}" for person in people if person["conflict"].startswith("Declared")]
    return " ".join(dict.fromkeys(told)) or "none"


def became(article: "Article", outcome: str, ended_at: datetime | None, *, shown: bool, hidden: bool) -> str:
    """What became of a version, for the public version history; `ended_at` is when its outcome was noted."""
    on = f" on {day(ended_at)}" if ended_at and outcome else ""
    if hidden:
        return f"Hidden for safety on {day((article.suspension or {})['at'])}"
    if shown and article.standing_version_id:
        people = article.signatures.get("people", [])
        how = " as a correction" if people and people[-1]["meaning"] == "correction" else ""
        return f"Signed{how}{on}; the text that readers get now"
    if outcome == "" and article.withdrawal:
        return "Withdrawn before it was signed"
    if outcome == "":
        return "Under review" if article.state == "under_review" else "Not signed"
    return OUTCOMES[outcome].format(on=on)
