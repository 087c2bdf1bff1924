import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
from django.db import migrations, models

from articles.models.search_text import search_texts
from oracle.audit.guards import append_only

# What readers are told in the list of corrections; newest first, and by kind.
CORRECTIONS = """
CREATE INDEX articles_corrections ON articles_historicalarticle (history_date DESC, history_id DESC, history_event)
WHERE history_event IN (
    'article.approve', 'article.withdraw', 'article.suspend', 'article.resume', 'article.reopen', 'signoff.revoke'
)
"""


def keep_words(apps, schema_editor):
    """The words of what was frozen before search read them."""
    text = apps.get_model("articles", "SearchText")
    for rendering in (
        apps.get_model("articles", "Rendering").objects.select_related("version").order_by("id").iterator()
    ):
        ids = {"version_id": rendering.version_id, "article_id": rendering.article_id}
        rows = [
            text(**ids, audiences=audiences, question=rendering.version.question, body=body)
            for body, audiences in search_texts(rendering.parts)
        ]
        text.objects.bulk_create(rows, ignore_conflicts=True)


class Migration(migrations.Migration):
    dependencies = [("articles", "0003_report_outcomes")]

    operations = [
        migrations.CreateModel(
            name="SearchText",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "audiences",
                    django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20), size=None),
                ),
                ("question", models.TextField()),
                ("body", models.TextField()),
                (
                    "question_words",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.contrib.postgres.search.SearchVector(
                            "question", config="english", weight="A"
                        ),
                        output_field=django.contrib.postgres.search.SearchVectorField(),
                    ),
                ),
                (
                    "words",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.contrib.postgres.search.CombinedSearchVector(
                            django.contrib.postgres.search.SearchVector("question", config="english", weight="A"),
                            "||",
                            django.contrib.postgres.search.SearchVector("body", config="english", weight="C"),
                            django.contrib.postgres.search.SearchConfig("english"),
                        ),
                        output_field=django.contrib.postgres.search.SearchVectorField(),
                    ),
                ),
                (
                    "article",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="search_texts",
                        to="articles.article",
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="articles.version"
                    ),
                ),
            ],
            options={
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(fields=["words"], name="search_words"),
                    django.contrib.postgres.indexes.GinIndex(fields=["question_words"], name="search_question_words"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("version", "audiences"), name="one_search_text_for_each_text")
                ],
            },
        ),
        migrations.RunPython(keep_words, migrations.RunPython.noop),
        *append_only("articles_searchtext"),
        migrations.AddIndex(
            model_name="article",
            index=models.Index(
                condition=models.Q(("first_public_on__isnull", False), ("withdrawal__isnull", True)),
                fields=["-first_public_on", "-id"],
                name="listed_newest",
            ),
        ),
        migrations.AddIndex(
            model_name="article",
            index=models.Index(
                models.OrderBy(models.F("updated_on"), descending=True, nulls_last=True),
                models.F("id"),
                condition=models.Q(("first_public_on__isnull", False), ("withdrawal__isnull", True)),
                name="listed_updated",
            ),
        ),
        migrations.AddIndex(
            model_name="article",
            index=django.contrib.postgres.indexes.GinIndex(
                condition=models.Q(("first_public_on__isnull", False), ("withdrawal__isnull", True)),
                fields=["specialties"],
                name="listed_specialties",
            ),
        ),
        migrations.AddIndex(
            model_name="article",
            index=models.Index(
                condition=models.Q(
                    ("first_public_on__isnull", False),
                    ("withdrawal__isnull", True),
                    models.Q(("standing_version__isnull", True), ("review_due__isnull", True), _connector="OR"),
                ),
                fields=["id"],
                name="listed_unsigned",
            ),
        ),
        migrations.RunSQL(CORRECTIONS, "DROP INDEX articles_corrections"),
    ]
