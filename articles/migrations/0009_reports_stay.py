from django.db import migrations

from oracle.audit.guards import never_deleted


class Migration(migrations.Migration):
    dependencies = [("articles", "0008_report_erased_by")]

    operations = [*never_deleted("articles_report", "number, triage and outcome of a report stay")]
