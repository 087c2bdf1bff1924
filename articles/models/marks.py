"""Marks: a short text that is another one as soon as anything changes that a reader's page of an article says.

The database's own function puts them together, and keeps its plan: asked anew at every request, it takes less than a
millisecond. What it looks at stands in the migration `0006_page_marks`.
"""

from datetime import date

from django.db import connection
from django.db.models import CharField, DateField, Func, TextField, Value

from .queries import disclaimer_for


def marks(slug: str, audience: str, on: date) -> str | None:
    """The marks of the public article at `slug` for a reader on day `on`; None if there is no such page."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT articles_page_marks(%s, %s, %s)", [slug, disclaimer_for(audience).value, on])
        found: str | None = cursor.fetchone()[0]
    return found


def with_marks(slug: str, audience: str, on: date) -> Func:
    """The same as an annotation, so that a page and its marks come from one snapshot of the database."""
    asked = (Value(slug, CharField()), Value(disclaimer_for(audience).value, CharField()), Value(on, DateField()))
    return Func(*asked, function="articles_page_marks", output_field=TextField())
