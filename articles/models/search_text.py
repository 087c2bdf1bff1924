"""What search reads: the words of each frozen version, once for every text that some reader gets."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import connection, models
from django.utils.html import escape

from articles.text.claims import PLAIN, PROFESSIONAL
from articles.text.markup import without_markup
from articles.text.rendering import STUDENT

if TYPE_CHECKING:
    from .version import Version

ENGLISH = "english"
# PostgreSQL's tsvector holds less than a megabyte.
LONGEST = 200_000


class SearchText(models.Model):
    """One text of a version: `audiences` get exactly these words. Made at freezing and kept, like the rendering.

    Whether readers may read it now is for `ArticleQuerySet.matching` to say.
    """

    article = models.ForeignKey("articles.Article", on_delete=models.PROTECT, related_name="search_texts")
    version = models.ForeignKey("articles.Version", on_delete=models.PROTECT, related_name="+")
    audiences = ArrayField(models.CharField(max_length=20))
    question = models.TextField()
    # The direct answer, the answer's title and the wording, a block a line.
    body = models.TextField()
    question_words = models.GeneratedField(
        expression=SearchVector("question", weight="A", config=ENGLISH),
        output_field=SearchVectorField(),
        db_persist=True,
    )
    words = models.GeneratedField(
        expression=SearchVector("question", weight="A", config=ENGLISH)
        + SearchVector("body", weight="C", config=ENGLISH),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    append_only = True

    class Meta:
        indexes: ClassVar = [
            GinIndex(fields=["words"], name="search_words"),
            GinIndex(fields=["question_words"], name="search_question_words"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("version", "audiences"), name="one_search_text_for_each_text")
        ]

    def __str__(self) -> str:
        return f"words of {self.version_id} for {', '.join(self.audiences)}"

    @staticmethod
    def keep(version: "Version", parts: Mapping[str, Mapping[str, Any]]) -> None:
        """Keep the words of a version; `parts` as `articles.text.rendering.render_content` makes them."""
        ids = {"version_id": version.pk, "article_id": version.article_id}
        texts = search_texts(parts)
        rows = [
            SearchText(**ids, audiences=audiences, question=version.question, body=body) for body, audiences in texts
        ]
        # A version's words never change, so a rendering made anew adds none.
        SearchText.objects.bulk_create(rows, ignore_conflicts=True)


def search_texts(parts: Mapping[str, Mapping[str, Any]]) -> list[tuple[str, list[str]]]:
    """Every text that some reader gets, with whom; without a plain wording, patients get the professional one."""
    found: dict[str, list[str]] = {}
    for audience in (PROFESSIONAL, STUDENT, PLAIN):
        own = parts.get(audience) or parts[PROFESSIONAL]
        body = without_markup("\n".join((own["direct_answer"], escape(own["title"]), "<br>", own["body"])))
        found.setdefault(body[:LONGEST], []).append(audience)
    return list(found.items())


def can_be_looked_for(words: str) -> bool:
    """Do these words, in the form of a web search, name anything to look for? “the”, “-heart” and “!?” do not."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT querytree(websearch_to_tsquery(%s::regconfig, %s))", [ENGLISH, words])
        tree: Sequence[str] = cursor.fetchone() or [""]
        return tree[0] not in ("", "T")
