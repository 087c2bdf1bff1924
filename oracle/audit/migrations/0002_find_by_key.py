from django.db import migrations

from oracle.audit.guards import CHECK_HISTORY


class Migration(migrations.Migration):
    """The check at commit finds the row by its key's index; before, it read the whole table."""

    dependencies = [("audit", "0001_guard_functions")]

    operations = [
        migrations.RunSQL(
            CHECK_HISTORY.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"), migrations.RunSQL.noop
        )
    ]
