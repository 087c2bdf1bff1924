from django.db import migrations, models

from oracle.audit.guards import trigger

# G4 for corrections: by somebody who signed what is corrected, of a version that approvals let stand, and never of a
# change that the editor treats as one of content. Whether it is one, PostgreSQL cannot tell.
CHECK_CORRECTION = """
CREATE FUNCTION reviews_check_correction() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF NEW.meaning <> 'correction' THEN
        RETURN NEW;
    END IF;
    IF NOT reviews_rule_is_met(NEW.corrects_id) THEN
        RAISE EXCEPTION 'G4: a correction names a version that is approved'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF EXISTS (SELECT 1 FROM articles_version v WHERE v.id = NEW.version_id AND v.raised) THEN
        RAISE EXCEPTION 'G4: the editor treats this as a change of content'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NOT EXISTS (
        SELECT 1 FROM reviews_signoff s
        WHERE s.signer_id = NEW.signer_id AND NOT EXISTS (SELECT 1 FROM reviews_revocation r WHERE r.signoff_id = s.id)
            AND (s.version_id = NEW.corrects_id OR s.version_id IN (
                SELECT c.version_id FROM reviews_signoff c
                WHERE c.corrects_id = NEW.corrects_id AND c.version_id <> NEW.version_id))
    ) THEN
        RAISE EXCEPTION 'G4: a correction is signed by one of those who signed before'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$
"""


class Migration(migrations.Migration):
    dependencies = [("reviews", "0010_passages_and_replies"), ("articles", "0010_raised_class")]

    operations = [
        migrations.RunSQL(CHECK_CORRECTION, "DROP FUNCTION reviews_check_correction()"),
        # Its name lets it come after `check_signoff`, which says what is wrong with any signature.
        trigger("reviews_signoff", "correction_holds", "BEFORE INSERT", "reviews_check_correction()"),
        migrations.AlterField(
            model_name="historicalround",
            name="end",
            field=models.CharField(
                blank=True,
                choices=[
                    ("", "in work"),
                    ("signed", "signed"),
                    ("changes", "asked for changes"),
                    ("given_back", "given back"),
                    ("replaced", "given to another reviewer by the chair"),
                    ("overtaken", "overtaken"),
                    ("refused", "not reaffirmed"),
                ],
                default="",
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="round",
            name="end",
            field=models.CharField(
                blank=True,
                choices=[
                    ("", "in work"),
                    ("signed", "signed"),
                    ("changes", "asked for changes"),
                    ("given_back", "given back"),
                    ("replaced", "given to another reviewer by the chair"),
                    ("overtaken", "overtaken"),
                    ("refused", "not reaffirmed"),
                ],
                default="",
                max_length=10,
            ),
        ),
    ]
