"""Renderings: the HTML that readers got of a frozen version, kept for ever. The content hash never includes it."""

from typing import TYPE_CHECKING

from django.db import models

from articles.text.rendering import render_content
from oracle import clock

from .search_text import SearchText

if TYPE_CHECKING:
    from .version import Version


class Rendering(models.Model):
    """The HTML of one version for each audience; the newest row is shown, older ones stay (guarantee G3)."""

    version = models.ForeignKey("articles.Version", on_delete=models.PROTECT, related_name="renderings")
    article = models.ForeignKey("articles.Article", on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=clock.now)
    reason = models.TextField()
    # {audience: parts}; see articles.text.rendering.render_content.
    parts = models.JSONField()

    append_only = True

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"rendering of {self.version_id}"

    @classmethod
    def make(cls, version: "Version", *, reason: str) -> "Rendering":
        """Render a version for every audience and keep the result, and its words for search."""
        parts = render_content(version.content)
        SearchText.keep(version, parts)
        return cls.objects.create(version=version, article_id=version.article_id, reason=reason, parts=parts)
