"""Who may do what with an article: short predicates, in the words of docs/life.md. Imports no project code.

Superuser status counts for nothing here.
"""

from typing import Any

OFFICES = ("editor", "reviewer", "chair", "auditor")


def can_edit(article: Any, user: Any) -> bool:
    """Write, submit, take back, revise, drop."""
    return bool(user and user.has_role("editor"))


def can_chair(article: Any, user: Any) -> bool:
    """Withdraw and reinstate."""
    return bool(user and user.has_role("chair"))


def can_classify(article: Any, user: Any) -> bool:
    """Set the risk; who may lower it, and who may change specialties, depends on where the article stands."""
    return bool(user and user.has_role("editor", "chair")) and article.state != "withdrawn"


def can_set_specialties(article: Any, user: Any) -> bool:
    """Set the specialties: an editor until the article is sent to the board, then the chair."""
    return can_chair(article, user) or (can_edit(article, user) and not article.submitted_on)


def can_answer_reports(article: Any, user: Any) -> bool:
    """Triage readers' reports, say what came of them, erase what the reader wrote."""
    return bool(user and user.has_role("editor", "chair"))


def can_suspend(article: Any, user: Any) -> bool:
    """Hide the text at once: any board member or the chair."""
    return bool(user and user.has_role("reviewer", "chair"))


def can_review(article: Any, user: Any) -> bool:
    """Begin, end and decide a review; the board protocol asks for more."""
    return bool(user and user.has_role("reviewer"))


def can_release(article: Any, user: Any) -> bool:
    """Give a review back, or take it from a reviewer who left."""
    return bool(user and user.has_role("reviewer", "chair"))


def can_read_desk(article: Any, user: Any) -> bool:
    """Read every version, comment and history row."""
    return bool(user and user.has_role(*OFFICES))


def can_submit(article: Any, user: Any) -> bool:
    """The editor's submit."""
    return can_edit(article, user)


def system_only(article: Any, user: Any) -> bool:
    """Nobody by hand: the last sign-off or a revocation does it, in the name of whoever gave it."""
    return bool(user)
