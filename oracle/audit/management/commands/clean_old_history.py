"""`manage.py clean_old_history` refuses."""

from oracle.audit.management.refused import RefusedCommand


class Command(RefusedCommand):
    """Refuses."""

    why = "clean_old_history is refused: history is kept for ever."
