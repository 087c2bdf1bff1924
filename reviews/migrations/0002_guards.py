from django.db import migrations

from oracle.audit.guards import append_only, regulated, trigger

# Do unrevoked approvals on the exact hash meet the rule snapshot in the newest of them?
RULE = """
CREATE FUNCTION reviews_rule_is_met(version bigint) RETURNS boolean LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    WITH counted AS (
        SELECT s.id, s.signer_id, s.specialties, s.rule
        FROM reviews_signoff s JOIN articles_version v ON v.id = s.version_id
        WHERE s.version_id = version AND s.meaning = 'approval'
            AND v.content_sha256 <> '' AND s.content_sha256 = v.content_sha256
            AND NOT EXISTS (SELECT 1 FROM reviews_revocation r WHERE r.signoff_id = s.id)
    ), newest AS (SELECT rule FROM counted ORDER BY id DESC LIMIT 1)
    SELECT COALESCE((
        SELECT count(DISTINCT signer_id) >= (newest.rule ->> 'signatures')::int
            AND count(DISTINCT specialties[1]) >= (newest.rule ->> 'specialties')::int
            AND bool_or(newest.rule ->> 'main_specialty' = ANY (specialties))
        FROM counted, newest GROUP BY newest.rule
    ), false)
$$
"""

STANDS = """
CREATE FUNCTION reviews_stands(version bigint) RETURNS boolean LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT reviews_rule_is_met(version) OR EXISTS (
        SELECT 1 FROM reviews_signoff s JOIN articles_version v ON v.id = s.version_id
            JOIN articles_version earlier ON earlier.id = s.corrects_id
        WHERE s.version_id = version AND s.meaning = 'correction' AND s.content_sha256 = v.content_sha256
            AND earlier.article_id = v.article_id AND earlier.number < v.number
            AND NOT EXISTS (SELECT 1 FROM reviews_revocation r WHERE r.signoff_id = s.id)
            AND reviews_rule_is_met(s.corrects_id)
    )
$$
"""

# Guarantee G4, at commit, whatever touched the article, a sign-off or a revocation.
CHECK_STANDING = """
CREATE FUNCTION reviews_check_standing() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    row_id bigint := (to_jsonb(NEW) ->> TG_ARGV[0])::bigint;
    article articles_article;
BEGIN
    SELECT * INTO article FROM articles_article WHERE id = row_id FOR NO KEY UPDATE;
    IF article.standing_version_id IS NOT NULL AND (
        NOT reviews_stands(article.standing_version_id)
        OR NOT EXISTS (SELECT 1 FROM articles_version
                       WHERE id = article.standing_version_id AND article_id = article.id)
    ) THEN
        RAISE EXCEPTION 'G4: the signatures do not let version % stand', article.standing_version_id
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF article.state = 'approved' AND (
        article.standing_version_id IS NULL OR article.standing_version_id <> article.current_version_id
    ) THEN
        RAISE EXCEPTION 'G4: article % is approved without a standing version', article.id
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$
"""

# A sign-off must be true when it is written: exact hash, own active round, today's rule, no contributor, no conflict.
CHECK_SIGNOFF = """
CREATE FUNCTION reviews_check_signoff() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM reviews_boardmember b JOIN accounts_user u ON u.id = b.user_id
        WHERE b.user_id = NEW.signer_id AND b.specialties = NEW.specialties AND b.credentials = NEW.credentials
            AND u.name = NEW.printed_name AND u.is_active AND 'reviewer' = ANY (u.roles)
    ) THEN
        RAISE EXCEPTION 'G4: the signer is no board member of that name, credentials and specialties'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NEW.signer_id IN (SELECT contributors(NEW.article_id)) THEN
        RAISE EXCEPTION 'G4: a contributor cannot sign' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NOT EXISTS (
        SELECT 1 FROM articles_version v
        WHERE v.id = NEW.version_id AND v.article_id = NEW.article_id AND v.frozen_at IS NOT NULL
            AND v.content_sha256 = NEW.content_sha256
    ) THEN
        RAISE EXCEPTION 'G4: the signature is not on a frozen version of this article'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NEW.corrects_id IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM articles_version v JOIN articles_version earlier ON earlier.id = NEW.corrects_id
        WHERE v.id = NEW.version_id AND earlier.article_id = v.article_id AND earlier.number < v.number
    ) THEN
        RAISE EXCEPTION 'G4: a correction names an earlier version of the same article'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NOT EXISTS (
        SELECT 1 FROM reviews_round r JOIN reviews_review w ON w.id = r.review_id
        WHERE r.id = NEW.round_id AND r.version_id = NEW.version_id AND r.ended_at IS NULL
            AND w.reviewer_id = NEW.signer_id AND (w.conflict = 'none' OR w.cleared_by_id IS NOT NULL)
    ) THEN
        RAISE EXCEPTION 'G4: the signer has no open round, free of conflict, on this version'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NOT EXISTS (
        SELECT 1 FROM articles_article a JOIN reviews_signoffrule u ON u.risk = a.risk
        WHERE a.id = NEW.article_id AND NEW.rule = jsonb_build_object(
            'risk', u.risk, 'signatures', u.signatures, 'specialties', u.specialties, 'months', u.months,
            'main_specialty', a.specialties[1])
    ) THEN
        RAISE EXCEPTION 'G4: the signature does not carry the rule in force'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$
"""

# A finished round, and its verdicts, stay as they were.
KEEP_ROUND = """
CREATE FUNCTION reviews_keep_round() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_TABLE_NAME = 'reviews_round' THEN
        IF OLD.ended_at IS NOT NULL THEN
            RAISE EXCEPTION 'this round has ended' USING ERRCODE = 'integrity_constraint_violation';
        END IF;
    ELSIF EXISTS (
        SELECT 1 FROM reviews_round WHERE ended_at IS NOT NULL
            AND (id = NEW.round_id OR (TG_OP = 'UPDATE' AND id = OLD.round_id))
    ) THEN
        RAISE EXCEPTION 'this round has ended' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$
"""

# A revocation speaks of its own sign-off's article, whose standing is then checked.
CHECK_REVOCATION = """
CREATE FUNCTION reviews_check_revocation() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF NEW.article_id IS DISTINCT FROM (SELECT article_id FROM reviews_signoff WHERE id = NEW.signoff_id) THEN
        RAISE EXCEPTION 'G4: the revocation is not of this article' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$
"""

# A comment stays as it was made; it can only be answered and closed.
KEEP_COMMENT = """
CREATE FUNCTION reviews_keep_comment() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    open_columns text[] := ARRAY['answer', 'answered_by_id', 'answered_at', 'resolved_by_id', 'resolved_at'];
BEGIN
    IF to_jsonb(OLD) - open_columns <> to_jsonb(NEW) - open_columns THEN
        RAISE EXCEPTION 'a comment stays as it was made' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$
"""

CITIZENS = ("boardmember", "signoffrule", "review", "round", "addedclaim", "claimcheck", "comment")


class Migration(migrations.Migration):
    dependencies = [("reviews", "0001_initial"), ("articles", "0002_guards")]

    operations = [
        migrations.RunSQL(RULE, "DROP FUNCTION reviews_rule_is_met(bigint)"),
        migrations.RunSQL(STANDS, "DROP FUNCTION reviews_stands(bigint)"),
        migrations.RunSQL(CHECK_STANDING, "DROP FUNCTION reviews_check_standing()"),
        migrations.RunSQL(CHECK_SIGNOFF, "DROP FUNCTION reviews_check_signoff()"),
        migrations.RunSQL(CHECK_REVOCATION, "DROP FUNCTION reviews_check_revocation()"),
        migrations.RunSQL(KEEP_COMMENT, "DROP FUNCTION reviews_keep_comment()"),
        trigger("reviews_revocation", "check_revocation", "BEFORE INSERT", "reviews_check_revocation()"),
        trigger("reviews_comment", "keep_comment", "BEFORE UPDATE", "reviews_keep_comment()"),
        migrations.RunSQL(KEEP_ROUND, "DROP FUNCTION reviews_keep_round()"),
        trigger(
            "articles_article",
            "standing_holds",
            "AFTER INSERT OR UPDATE OF standing_version_id, current_version_id, state",
            "reviews_check_standing('id')",
            constraint=True,
        ),
        trigger(
            "reviews_signoff", "standing_holds", "AFTER INSERT", "reviews_check_standing('article_id')", constraint=True
        ),
        trigger(
            "reviews_revocation",
            "standing_holds",
            "AFTER INSERT",
            "reviews_check_standing('article_id')",
            constraint=True,
        ),
        trigger("reviews_signoff", "check_signoff", "BEFORE INSERT", "reviews_check_signoff()"),
        trigger("reviews_round", "keep_ended", "BEFORE UPDATE", "reviews_keep_round()"),
        trigger("reviews_claimcheck", "keep_ended", "BEFORE INSERT OR UPDATE", "reviews_keep_round()"),
        trigger("reviews_addedclaim", "keep_ended", "BEFORE INSERT OR UPDATE", "reviews_keep_round()"),
        *append_only("reviews_signoff"),
        *append_only("reviews_revocation"),
        *append_only("reviews_signingfailure"),
        *(step for name in CITIZENS for step in regulated(f"reviews_{name}", f"reviews_historical{name}")),
    ]
