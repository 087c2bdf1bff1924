"""The database ENGINE used when DATABASE_URL is unset: PostgreSQL 18 from a wheel, started when first needed."""
