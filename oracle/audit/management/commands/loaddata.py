"""`manage.py loaddata` refuses."""

from oracle.audit.management.refused import RefusedCommand


class Command(RefusedCommand):
    """Refuses."""

    why = "loaddata is refused: it writes rows past the history. Load drafts by import_articles."
