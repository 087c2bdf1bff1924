from django.core.management import call_command
from django.db import migrations

from oracle.audit.guards import regulated


def make_throttle_table(apps, schema_editor):
    call_command("createcachetable", database=schema_editor.connection.alias, verbosity=0)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial"), ("audit", "0001_guard_functions")]

    operations = [
        *regulated("accounts_user", "accounts_historicaluser", excluded=["password", "last_login"], guarantee="G9"),
        migrations.RunPython(make_throttle_table, migrations.RunPython.noop),
    ]
