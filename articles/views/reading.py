"""What an import dropped or guessed, kept in the session for the pages on which it is looked at."""

from django.http import HttpRequest

from articles.models import Article

KEPT = "read"


def keep_notes(request: HttpRequest, article: Article, notes: list[str]) -> None:
    """Keep the notes of the last import of this person."""
    request.session[KEPT] = {"article": article.pk, "notes": notes}


def notes_of(request: HttpRequest, article: Article) -> list[str]:
    """The sentences on what was read, if this article is the last that this person imported."""
    kept = request.session.get(KEPT, {})
    return list(kept["notes"]) if kept.get("article") == article.pk else []
