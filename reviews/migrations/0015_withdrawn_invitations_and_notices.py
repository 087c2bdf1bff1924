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
    ]
