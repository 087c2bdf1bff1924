from django.db import migrations

from oracle.audit.guards import CHECK_HISTORY


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_guard_functions")]
    operations = [migrations.RunSQL(CHECK_HISTORY, migrations.RunSQL.noop)]
