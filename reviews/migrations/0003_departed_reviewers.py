import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from oracle.audit.guards import append_only, trigger

# A chair sets another person's verdict of the same article aside.
CHECK_SET_ASIDE = """
CREATE FUNCTION reviews_check_set_aside() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM accounts_user u WHERE u.id = NEW.by_id AND u.is_active AND 'chair' = ANY (u.roles)) THEN
        RAISE EXCEPTION 'only a chair sets a verdict aside' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NOT EXISTS (
        SELECT 1 FROM reviews_claimcheck c
        WHERE c.id = NEW.verdict_id AND c.article_id = NEW.article_id AND c.reviewer_id <> NEW.by_id
    ) THEN
        RAISE EXCEPTION 'the verdict is not of this article, or of the same person'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$
"""


class Migration(migrations.Migration):
    dependencies = [
        ("articles", "0003_report_outcomes"),
        ("reviews", "0002_guards"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="SetAside",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reason", models.TextField()),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.AddField(
            model_name="historicalreview",
            name="barred_by",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="historicalreview",
            name="barred_reason",
            field=models.TextField(blank=True, max_length=2000),
        ),
        migrations.AddField(
            model_name="review",
            name="barred_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="review",
            name="barred_reason",
            field=models.TextField(blank=True, max_length=2000),
        ),
        migrations.AddConstraint(
            model_name="review",
            constraint=models.CheckConstraint(
                condition=models.Q(("cleared_by", None), ("barred_by", None), _connector="OR"),
                name="interests_have_one_answer",
            ),
        ),
        migrations.AddField(
            model_name="setaside",
            name="article",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="articles.article"
            ),
        ),
        migrations.AddField(
            model_name="setaside",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="setaside",
            name="verdict",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="set_aside", to="reviews.claimcheck"
            ),
        ),
        migrations.RunSQL(CHECK_SET_ASIDE, "DROP FUNCTION reviews_check_set_aside()"),
        trigger("reviews_setaside", "check_set_aside", "BEFORE INSERT", "reviews_check_set_aside()"),
        *append_only("reviews_setaside"),
    ]
