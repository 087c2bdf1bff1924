import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from oracle.audit.guards import trigger

# A comment stays as it was made; it can only be answered, applied once, and closed. Then nothing of it changes.
KEEP_COMMENT = """
CREATE OR REPLACE FUNCTION reviews_keep_comment() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    applied text[] := ARRAY['applied_by_id', 'applied_at', 'applied_in_id'];
    open_columns text[] := applied || ARRAY['answer', 'answered_by_id', 'answered_at', 'resolved_by_id', 'resolved_at'];
BEGIN
    IF to_jsonb(OLD) - open_columns <> to_jsonb(NEW) - open_columns THEN
        RAISE EXCEPTION 'a comment stays as it was made' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF to_jsonb(OLD) = to_jsonb(NEW) THEN
        RETURN NEW;
    END IF;
    IF OLD.resolved_at IS NOT NULL THEN
        RAISE EXCEPTION 'a closed comment stays as it is' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF OLD.applied_at IS NOT NULL AND (OLD.applied_by_id, OLD.applied_at, OLD.applied_in_id)
        IS DISTINCT FROM (NEW.applied_by_id, NEW.applied_at, NEW.applied_in_id)
    THEN
        RAISE EXCEPTION 'a suggestion is applied once' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF OLD.applied_at IS NULL AND NEW.applied_at IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM articles_version later JOIN articles_version spoken_of ON spoken_of.id = NEW.version_id
        WHERE later.id = NEW.applied_in_id AND later.article_id = NEW.article_id
            AND later.frozen_at IS NULL AND later.number > spoken_of.number
    ) THEN
        RAISE EXCEPTION 'a suggestion is applied in the open version of its article'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$
"""

KEPT_BEFORE = """
CREATE OR REPLACE FUNCTION reviews_keep_comment() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    open_columns text[] := ARRAY['answer', 'answered_by_id', 'answered_at', 'resolved_by_id', 'resolved_at'];
BEGIN
    IF to_jsonb(OLD) - open_columns <> to_jsonb(NEW) - open_columns THEN
        RAISE EXCEPTION 'a comment stays as it was made' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$
"""

# A comment begins neither answered, applied nor closed; a reply is to an open comment, no reply itself, of the same round.
CHECK_COMMENT = """
CREATE FUNCTION reviews_check_comment() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF NEW.answered_at IS NOT NULL OR NEW.applied_at IS NOT NULL OR NEW.resolved_at IS NOT NULL THEN
        RAISE EXCEPTION 'a comment begins open' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NEW.reply_to_id IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM reviews_comment c
        WHERE c.id = NEW.reply_to_id AND c.reply_to_id IS NULL AND c.resolved_at IS NULL
            AND (c.article_id, c.version_id, c.round_id) = (NEW.article_id, NEW.version_id, NEW.round_id)
    ) THEN
        RAISE EXCEPTION 'a reply hangs on an open comment on the same article'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$
"""


class Migration(migrations.Migration):
    dependencies = [
        ("articles", "0009_reports_stay"),
        ("reviews", "0009_how_judged"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="comment",
            name="applied_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="comment",
            name="applied_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="comment",
            name="applied_in",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="articles.version",
            ),
        ),
        migrations.AddField(
            model_name="comment",
            name="prefix",
            field=models.CharField(blank=True, max_length=32),
        ),
        migrations.AddField(
            model_name="comment",
            name="replacement",
            field=models.TextField(blank=True, max_length=5000, null=True),
        ),
        migrations.AddField(
            model_name="comment",
            name="reply_to",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="replies",
                to="reviews.comment",
            ),
        ),
        migrations.AddField(
            model_name="comment",
            name="suffix",
            field=models.CharField(blank=True, max_length=32),
        ),
        migrations.AddField(
            model_name="comment",
            name="wording",
            field=models.CharField(
                blank=True,
                choices=[
                    ("direct_answer", "direct answer"),
                    ("professional", "wording for professionals"),
                    ("plain", "wording for patients"),
                ],
                max_length=20,
            ),
        ),
        migrations.AddField(
            model_name="historicalcomment",
            name="applied_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="historicalcomment",
            name="applied_by",
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
            model_name="historicalcomment",
            name="applied_in",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="articles.version",
            ),
        ),
        migrations.AddField(
            model_name="historicalcomment",
            name="prefix",
            field=models.CharField(blank=True, max_length=32),
        ),
        migrations.AddField(
            model_name="historicalcomment",
            name="replacement",
            field=models.TextField(blank=True, max_length=5000, null=True),
        ),
        migrations.AddField(
            model_name="historicalcomment",
            name="reply_to",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="reviews.comment",
            ),
        ),
        migrations.AddField(
            model_name="historicalcomment",
            name="suffix",
            field=models.CharField(blank=True, max_length=32),
        ),
        migrations.AddField(
            model_name="historicalcomment",
            name="wording",
            field=models.CharField(
                blank=True,
                choices=[
                    ("direct_answer", "direct answer"),
                    ("professional", "wording for professionals"),
                    ("plain", "wording for patients"),
                ],
                max_length=20,
            ),
        ),
        migrations.AddConstraint(
            model_name="comment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("prefix", ""), ("suffix", ""), ("wording", "")),
                    models.Q(
                        ("claim", ""),
                        ("wording__in", ["direct_answer", "professional", "plain"]),
                        models.Q(("quote", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="passages_have_words",
            ),
        ),
        migrations.AddConstraint(
            model_name="comment",
            constraint=models.CheckConstraint(
                condition=models.Q(("replacement", None), models.Q(("wording", ""), _negated=True), _connector="OR"),
                name="suggestions_have_a_passage",
            ),
        ),
        migrations.AddConstraint(
            model_name="comment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("reply_to", None),
                    models.Q(
                        ("answer", ""),
                        ("answered_at", None),
                        ("answered_by", None),
                        ("applied_at", None),
                        ("applied_by", None),
                        ("applied_in", None),
                        ("blocking", False),
                        ("claim", ""),
                        ("prefix", ""),
                        ("quote", ""),
                        ("replacement", None),
                        ("resolved_at", None),
                        ("resolved_by", None),
                        ("suffix", ""),
                        ("wording", ""),
                    ),
                    _connector="OR",
                ),
                name="replies_are_words_alone",
            ),
        ),
        migrations.AddConstraint(
            model_name="comment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("applied_at", None), ("applied_by", None), ("applied_in", None)),
                    models.Q(
                        ("applied_at__isnull", False),
                        ("applied_by__isnull", False),
                        ("applied_in__isnull", False),
                        ("replacement__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="applied_suggestions_say_by_whom",
            ),
        ),
        migrations.RunSQL(KEEP_COMMENT, KEPT_BEFORE),
        migrations.RunSQL(CHECK_COMMENT, "DROP FUNCTION reviews_check_comment()"),
        trigger("reviews_comment", "check_comment", "BEFORE INSERT", "reviews_check_comment()"),
    ]
