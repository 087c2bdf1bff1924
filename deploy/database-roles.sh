#!/bin/sh
# Makes the two roles and the database, once, on a new PostgreSQL server (15 or later), as its superuser:
#   OWNER_PASSWORD=… APP_PASSWORD=… sh database-roles.sh
# The image of PostgreSQL runs it by itself from /docker-entrypoint-initdb.d/. The passwords are in no list of processes.
set -eu
: "${OWNER_PASSWORD:?set it: the role that owns the tables and migrates}"
: "${APP_PASSWORD:?set it: the role that serves}"
export OWNER_ROLE="${OWNER_ROLE:-owner}" APP_ROLE="${APP_ROLE:-app}" DATABASE="${DATABASE:-oracle}"
psql --quiet --no-psqlrc --set=ON_ERROR_STOP=1 --username="${POSTGRES_USER:-postgres}" --dbname=postgres <<'SQL'
\getenv owner OWNER_ROLE
\getenv owner_password OWNER_PASSWORD
\getenv app APP_ROLE
\getenv app_password APP_PASSWORD
\getenv database DATABASE
CREATE ROLE :"owner" LOGIN PASSWORD :'owner_password';
CREATE ROLE :"app" LOGIN PASSWORD :'app_password';
CREATE DATABASE :"database" OWNER :"owner";
SQL
