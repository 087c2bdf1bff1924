from django.db import migrations

from oracle.audit.guards import trigger


class Migration(migrations.Migration):
    dependencies = [("articles", "0004_search_and_lists")]

    operations = [
        trigger(
            "articles_document", "stays_as_it_was", "BEFORE UPDATE", "audit_refuse('what readers saw stays known')"
        ),
    ]
