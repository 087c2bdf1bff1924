"""`manage.py clean_duplicate_history` refuses."""

from oracle.audit.management.refused import RefusedCommand


class Command(RefusedCommand):
    """Refuses."""

    why = "clean_duplicate_history is refused: history is kept for ever, rows that look alike included."
