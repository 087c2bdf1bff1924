from django.db import migrations

# Is there a public text, and is every one signed and in date? Of what is withdrawn or hidden nothing is claimed.
ALL_REVIEWED = """
CREATE FUNCTION articles_all_reviewed(today date) RETURNS boolean LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
BEGIN
    RETURN EXISTS (
        SELECT 1 FROM articles_article
        WHERE first_public_on IS NOT NULL AND withdrawal IS NULL
            AND (suspension IS NULL OR (suspension ->> 'version')::bigint <> standing_version_id)
            AND standing_version_id IS NOT NULL AND review_due >= today
    ) AND NOT EXISTS (
        SELECT 1 FROM articles_article
        WHERE first_public_on IS NOT NULL AND withdrawal IS NULL
            AND (suspension IS NULL OR (suspension ->> 'version')::bigint <> standing_version_id)
            AND (standing_version_id IS NULL OR review_due IS NULL)
    ) AND NOT EXISTS (
        SELECT 1 FROM articles_article
        WHERE first_public_on IS NOT NULL AND withdrawal IS NULL
            AND (suspension IS NULL OR (suspension ->> 'version')::bigint <> standing_version_id)
            AND standing_version_id IS NOT NULL AND review_due < today
    );
END $$
"""

# What a reader's page of an article is made from, as one text: it is another text after every write of any of these
# rows, whoever writes, for a row's place (ctid) and transaction (xmin) then change. Null where there is no such page.
PAGE_MARKS = """
CREATE FUNCTION articles_page_marks(address text, disclaimer text, today date) RETURNS text
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
BEGIN
    RETURN (
        SELECT concat_ws(' ', a.ctid, a.xmin, replacing.ctid, replacing.xmin,
            -- the versions that can be the one shown, with what became of them and how they were rendered
            current.ctid, current.xmin, standing.ctid, standing.xmin, newest.ctid, newest.xmin,
            (SELECT max(h.history_id) FROM articles_historicalversion h
             WHERE h.id IN (current.id, standing.id, newest.id)),
            (SELECT max(r.id) FROM articles_rendering r WHERE r.version_id IN (current.id, standing.id, newest.id)),
            -- the policy and the disclaimer in force
            (SELECT concat_ws(' ', d.ctid, d.xmin) FROM articles_document d
             WHERE d.kind = 'policy' AND d.in_force_from <= today ORDER BY d.number DESC LIMIT 1),
            (SELECT concat_ws(' ', d.ctid, d.xmin) FROM articles_document d
             WHERE d.kind = disclaimer AND d.in_force_from <= today ORDER BY d.number DESC LIMIT 1),
            -- the names of the specialties
            (SELECT string_agg(concat_ws(' ', s.ctid, s.xmin), ' ' ORDER BY s.slug) FROM articles_specialty s),
            articles_all_reviewed(today), today)
        FROM articles_article a
            LEFT JOIN articles_article replacing ON replacing.id = a.replaced_by_id
            LEFT JOIN articles_version current ON current.id = a.current_version_id
            LEFT JOIN articles_version standing ON standing.id = a.standing_version_id
            LEFT JOIN LATERAL (
                SELECT v.id, v.ctid, v.xmin FROM articles_version v
                WHERE v.article_id = a.id AND v.frozen_at IS NOT NULL AND v.outcome <> 'dropped'
                ORDER BY v.number DESC LIMIT 1
            ) newest ON true
        WHERE a.slug = address AND a.first_public_on IS NOT NULL
    );
END $$
"""


class Migration(migrations.Migration):
    dependencies = [("articles", "0005_documents_stay")]

    operations = [
        migrations.RunSQL(ALL_REVIEWED, "DROP FUNCTION articles_all_reviewed(date)"),
        migrations.RunSQL(PAGE_MARKS, "DROP FUNCTION articles_page_marks(text, text, date)"),
    ]
