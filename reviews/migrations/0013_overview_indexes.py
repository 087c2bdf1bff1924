from django.db import migrations

# What changes an article's state, as `reviews.overview.stays.CHANGES` has it; in the order in which it is read there.
STATE_CHANGES = """
CREATE INDEX articles_state_changes ON articles_historicalarticle (id, history_id) INCLUDE (state, history_date)
WHERE history_event IN (
    'article.create', 'article.import', 'article.submit', 'article.recall', 'article.start_review', 'article.release',
    'article.request_changes', 'article.approve', 'article.reopen', 'article.revise', 'article.abandon',
    'article.discard', 'article.withdraw', 'article.reinstate')"""


class Migration(migrations.Migration):
    dependencies = [("articles", "0009_reports_stay"), ("reviews", "0012_questions_and_answers")]

    operations = [migrations.RunSQL(STATE_CHANGES, "DROP INDEX articles_state_changes")]
