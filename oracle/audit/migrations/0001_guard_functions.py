from django.db import migrations

from oracle.audit.guards import SHARED


class Migration(migrations.Migration):
    dependencies: list[tuple[str, str]] = []

    operations = SHARED
