import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# Reports that were marked as done before there were outcomes.
MARKED_AS_DONE = """
UPDATE articles_report SET outcome = 'no_change', outcome_note = 'Marked as done before outcomes were kept.'
WHERE done_at IS NOT NULL
"""


class Migration(migrations.Migration):
    dependencies = [
        ("articles", "0002_guards"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="report",
            options={"ordering": ("id",)},
        ),
        migrations.AddField(
            model_name="report",
            name="done_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="report",
            name="erased_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="report",
            name="outcome",
            field=models.CharField(
                blank=True,
                choices=[
                    ("corrected", "corrected"),
                    ("hidden", "text hidden"),
                    ("no_change", "no change needed"),
                    ("passed_on", "passed on"),
                    ("duplicate", "duplicate of another report"),
                ],
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="report",
            name="outcome_note",
            field=models.TextField(blank=True, max_length=2000, verbose_name="note"),
        ),
        migrations.AddField(
            model_name="report",
            name="severity",
            field=models.CharField(
                blank=True,
                choices=[
                    ("harm", "could harm someone"),
                    ("wrong", "wrong or outdated"),
                    ("unclear", "unclear"),
                    ("technical", "technical"),
                    ("nothing", "no problem found"),
                ],
                max_length=10,
                verbose_name="triage",
            ),
        ),
        migrations.AddField(
            model_name="report",
            name="started",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="articles.version",
            ),
        ),
        migrations.AddField(
            model_name="report",
            name="triaged_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="report",
            name="triaged_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="report",
            name="urgent",
            field=models.GeneratedField(
                db_persist=True,
                expression=models.ExpressionWrapper(
                    models.Q(("severity", "harm"), models.Q(("could_harm", True), ("severity", "")), _connector="OR"),
                    output_field=models.BooleanField(),
                ),
                output_field=models.BooleanField(),
            ),
        ),
        migrations.RunSQL(MARKED_AS_DONE, migrations.RunSQL.noop),
        migrations.AddIndex(
            model_name="report",
            index=models.Index(condition=models.Q(("done_at", None)), fields=["-urgent", "id"], name="open_reports"),
        ),
        migrations.AddIndex(
            model_name="report",
            index=models.Index(
                condition=models.Q(("done_at__isnull", False)), fields=["-done_at", "-id"], name="done_reports"
            ),
        ),
        migrations.AddConstraint(
            model_name="report",
            constraint=models.CheckConstraint(
                condition=models.Q(("severity__in", ["", "harm", "wrong", "unclear", "technical", "nothing"])),
                name="known_severities",
            ),
        ),
        migrations.AddConstraint(
            model_name="report",
            constraint=models.CheckConstraint(
                condition=models.Q(("outcome__in", ["", "corrected", "hidden", "no_change", "passed_on", "duplicate"])),
                name="known_results",
            ),
        ),
        migrations.AddConstraint(
            model_name="report",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("done_at", None), ("outcome", "")),
                    models.Q(models.Q(("outcome", ""), _negated=True), ("done_at__isnull", False)),
                    _connector="OR",
                ),
                name="reports_are_done_with_an_outcome",
            ),
        ),
    ]
