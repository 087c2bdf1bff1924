from django.db import migrations, models

# A list of questions, each answered with yes: nobody signs over a no.
WHOLE = """
ALTER TABLE reviews_signoff ADD CONSTRAINT answers_are_yes CHECK (
    jsonb_typeof(answers) = 'array'
    AND NOT jsonb_path_exists(answers, 'strict $[*] ? (@.type() != "object")')
    AND NOT jsonb_path_exists(answers, 'lax $[*] ? (!(exists(@.question) && @.answer == "yes"))')
)
"""


class Migration(migrations.Migration):
    dependencies = [("reviews", "0011_corrections_and_reaffirming"), ("articles", "0011_questions")]

    operations = [
        migrations.RenameField(model_name="signingfailure", old_name="wrong_password", new_name="wrong_proof"),
        migrations.AddField(
            model_name="signoff",
            name="answers",
            field=models.JSONField(db_default=models.Value([], models.JSONField()), default=list),
        ),
        migrations.RunSQL(WHOLE, "ALTER TABLE reviews_signoff DROP CONSTRAINT answers_are_yes"),
    ]
