from django.db import migrations

from oracle.audit.guards import append_only, regulated, trigger

# Guarantee G1. Only `outcome` of a frozen version may change: what became of it.
FROZEN = """
CREATE FUNCTION articles_keep_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.frozen_at IS NOT NULL AND to_jsonb(OLD) - 'outcome' IS DISTINCT FROM to_jsonb(NEW) - 'outcome' THEN
        RAISE EXCEPTION 'G1: version % is frozen', OLD.id USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$
"""

# Guarantee G5: the table of steps in docs/life.md.
STATES = """
CREATE FUNCTION articles_check_state() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'draft' THEN
            RAISE EXCEPTION 'G5: an article begins as a draft' USING ERRCODE = 'integrity_constraint_violation';
        END IF;
    ELSIF OLD.state <> NEW.state AND OLD.state || '>' || NEW.state NOT IN (
        'draft>submitted', 'changes_requested>submitted', 'submitted>draft', 'under_review>draft',
        'submitted>under_review', 'under_review>submitted', 'under_review>changes_requested',
        'under_review>approved', 'approved>under_review', 'approved>submitted', 'approved>draft',
        'draft>approved', 'changes_requested>approved', 'draft>withdrawn', 'submitted>withdrawn',
        'under_review>withdrawn', 'changes_requested>withdrawn', 'approved>withdrawn', 'withdrawn>draft'
    ) THEN
        RAISE EXCEPTION 'G5: there is no step from % to %', OLD.state, NEW.state
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$
"""

# Who changed the content of any version: the person of each history row that differs from the row before it.
CONTRIBUTORS = """
CREATE FUNCTION contributors(article bigint) RETURNS SETOF bigint LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT DISTINCT person FROM (
        SELECT history_user_id AS person,
            content IS DISTINCT FROM lag(content) OVER (ORDER BY number, history_id) AS differs
        FROM (
            SELECT history_user_id, number, history_id, jsonb_build_array(
                question, direct_answer, title, professional, plain, "references", evidence, abbreviations, ai_use,
                funding) AS content
            FROM articles_historicalversion WHERE article_id = article
        ) rows
    ) changes
    WHERE differs AND person IS NOT NULL
$$
"""

# Readers get the HTML that was made at freezing; only the tables' owner may have it made anew.
ONE_RENDERING = """
CREATE FUNCTION articles_one_rendering() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM articles_rendering WHERE version_id = NEW.version_id)
        AND current_user <> (SELECT tableowner FROM pg_tables
                             WHERE schemaname = 'public' AND tablename = 'articles_rendering')
    THEN
        RAISE EXCEPTION 'G1: version % has its rendering', NEW.version_id
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$
"""

CITIZENS = ("article", "version", "suspension", "document", "waiver")


class Migration(migrations.Migration):
    dependencies = [("articles", "0001_initial"), ("audit", "0001_guard_functions")]

    operations = [
        migrations.RunSQL(FROZEN, "DROP FUNCTION articles_keep_frozen()"),
        migrations.RunSQL(STATES, "DROP FUNCTION articles_check_state()"),
        migrations.RunSQL(CONTRIBUTORS, "DROP FUNCTION contributors(bigint)"),
        migrations.RunSQL(ONE_RENDERING, "DROP FUNCTION articles_one_rendering()"),
        trigger("articles_rendering", "one_rendering", "BEFORE INSERT", "articles_one_rendering()"),
        trigger("articles_version", "keep_frozen", "BEFORE UPDATE", "articles_keep_frozen()"),
        trigger("articles_article", "check_state", "BEFORE INSERT OR UPDATE", "articles_check_state()"),
        *append_only("articles_rendering"),
        *regulated("articles_specialty", "articles_historicalspecialty", key="slug"),
        *(step for name in CITIZENS for step in regulated(f"articles_{name}", f"articles_historical{name}")),
    ]
