from django.db import migrations, models

import oracle.clock


class Migration(migrations.Migration):
    dependencies = [("outbox", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="outbox",
            name="next_try_at",
            field=models.DateTimeField(blank=True, default=oracle.clock.now, null=True),
        ),
    ]
