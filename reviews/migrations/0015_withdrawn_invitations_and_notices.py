from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("reviews", "0013_overview_indexes"),
    ]

    operations = [
        migrations.AlterField(
            model_name="historicalreview",
            name="answer",
            field=models.CharField(
                blank=True,
                choices=[
                    ("", "not answered"),
                    ("accepted", "accepted"),
                    ("declined", "declined"),
                    ("withdrawn", "withdrawn"),
                ],
                default="",
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="review",
            name="answer",
            field=models.CharField(
                blank=True,
                choices=[
                    ("", "not answered"),
                    ("accepted", "accepted"),
                    ("declined", "declined"),
                    ("withdrawn", "withdrawn"),
                ],
                default="",
                max_length=10,
            ),
        ),
        migrations.RemoveConstraint(
            model_name="notice",
            name="known_notices",
        ),
        migrations.AlterField(
            model_name="notice",
            name="kind",
            field=models.CharField(
                choices=[
                    ("invited", "Invitation to review"),
                    ("invitation_due", "Please answer the invitation"),
                    ("invitation_late", "Invitation not answered"),
                    ("declined", "Invitation declined"),
                    ("review_due", "Review due soon"),
                    ("review_late", "Review overdue"),
                    ("reminded", "The chair reminds you"),
                    ("sent_back", "Changes asked for"),
                    ("answered", "Your comment was answered"),
                    ("resubmitted", "Back for review"),
                    ("published", "Signed and published"),
                    ("asked", "Asked to reaffirm"),
                    ("not_reaffirmed", "Not reaffirmed"),
                    ("lapsing", "To be reviewed again"),
                    ("credentials", "Credential check runs out"),
                    ("disclosure", "Disclosure to be renewed"),
                ],
                max_length=20,
            ),
        ),
        migrations.AddConstraint(
            model_name="notice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        [
                            "invited",
                            "invitation_due",
                            "invitation_late",
                            "declined",
                            "review_due",
                            "review_late",
                            "reminded",
                            "sent_back",
                            "answered",
                            "resubmitted",
                            "published",
                            "asked",
                            "not_reaffirmed",
                            "lapsing",
                            "credentials",
                            "disclosure",
                        ],
                    )
                ),
                name="known_notices",
            ),
        ),
    ]
