"""What became of one account, for its page."""

from typing import Any

from oracle.audit.sentences import sentence

from .models import Role, User

NEWEST = 20


def story_of(user: User) -> list[dict[str, Any]]:
    """The newest history rows of the account, as `components/timeline.html` draws them."""
    rows = user.history.select_related("history_user").order_by("-history_id")[:NEWEST]
    return [
        {
            "at": row.history_date,
            "person": row.history_user.name if row.history_user else "",
            "role": ", ".join(str(Role(role).label) for role in row.history_roles),
            "sentence": sentence(row.history_event, "user", {"who": row.name}),
            "reason": "" if row.history_change_reason == row.history_event else row.history_change_reason,
        }
        for row in rows
    ]
