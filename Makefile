# `make run` and `make test` do all the set-up, in .venv. Nothing here removes .data/, where the database lives.
# A site of one's own (`make setup`) and the demonstration may stand side by side in it.

PYTHON ?= python3
PORT ?= 8000
BIN := .venv/bin
DATA := $(or $(ORACLE_DATA_DIR),.data)
# What is looked at here and what is served are of one directory.
export ORACLE_DATA_DIR := $(DATA)
# Whatever the environment says of a real site's database.
DEVELOPMENT := DEBUG=1 DATABASE_URL= ORACLE_DATABASE=demonstration SITE_URL=http://127.0.0.1:$(PORT)
# On this machine alone, whatever the site's file says of the real one; `docs/put-it-on-a-server.md` is about that.
SITE := DEBUG=0 HTTPS=0 TRUSTED_PROXIES=0 ALLOWED_HOSTS=127.0.0.1,localhost,[::1] SITE_URL=http://127.0.0.1:$(PORT)
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
COMPILE := CUSTOM_COMPILE_COMMAND="make requirements" $(BIN)/pip-compile --quiet --generate-hashes --strip-extras \
	--allow-unsafe --no-emit-index-url --no-emit-trusted-host --no-emit-find-links --no-emit-options

.PHONY: help run setup site demonstration backup restore test lint bench screenshots requirements browser
.DELETE_ON_ERROR:

help:
	@echo "make run           your own site, or without one the demonstration, on http://127.0.0.1:$(PORT)"
	@echo "make setup         set up a site of your own, once"
	@echo "make demonstration the demonstration, beside a site of your own too"
	@echo "make backup        the whole site as one file in $(DATA)/backups"
	@echo "make restore       FILE=backup DATA=directory: bring it back where nothing is yet, and compare"
	@echo "make test          the whole suite, in a real browser too"
	@echo "make lint          ruff, mypy and Django's own checks"
	@echo "make bench         how fast it is, on throw-away databases of 1,000 and 100,000 articles"
	@echo "make screenshots   pictures of every screen"
	@echo "make requirements  pin the dependencies of pyproject.toml anew"

run: $(if $(wildcard $(DATA)/site.env),site,demonstration)

setup: .venv/installed
	@DEBUG=0 $(BIN)/python manage.py setup $(ARGS)

# The three processes end with the recipe, however it ends.
TOGETHER = trap 'kill $$mail $$remind $$site 2>/dev/null; wait' EXIT; trap 'exit 0' INT TERM HUP; \
	$(1) $(BIN)/python manage.py send_mail --watch & mail=$$!; $(1) $(BIN)/python manage.py remind --watch & remind=$$!; \
	$(1) $(2) & site=$$!; wait $$site

site: .venv/installed
	@echo "Preparing the site ..."
	@$(SITE) $(BIN)/python manage.py migrate --verbosity 0
	@$(SITE) $(BIN)/python manage.py collectstatic --no-input --verbosity 0
	@echo "Your site is on http://127.0.0.1:$(PORT) until you press Ctrl-C."
	@$(call TOGETHER,$(SITE),$(BIN)/gunicorn --config python:oracle.gunicorn --bind 127.0.0.1:$(PORT) oracle.wsgi)

demonstration: .venv/installed
	@echo "Preparing the database ..."
	@$(DEVELOPMENT) $(BIN)/python manage.py migrate --verbosity 0
	@$(DEVELOPMENT) $(BIN)/python manage.py demonstration
	@$(call TOGETHER,$(DEVELOPMENT),$(BIN)/python manage.py runserver 127.0.0.1:$(PORT))

backup: .venv/installed
	@DEBUG=0 $(BIN)/python manage.py backup $(FILE)

restore: .venv/installed
	@$(if $(FILE),,$(error Name the backup: make restore FILE=… DATA=directory))DEBUG=0 $(BIN)/python manage.py restore $(FILE)

test: .venv/installed-dev browser
	$(BIN)/python -m pytest $(ARGS)

lint: .venv/installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	DEBUG=1 $(BIN)/mypy
	DEBUG=1 $(BIN)/python manage.py check
	DEBUG=1 $(BIN)/python manage.py makemigrations --check --dry-run

bench: .venv/installed-dev
	$(BIN)/python -m tests.benchmarks $(ARGS)

screenshots: .venv/installed-dev browser
	SCREENSHOTS=.data/screenshots $(BIN)/python -m pytest tests/browser/test_every_page.py tests/browser/test_the_whole_case.py

# An installed Chromium or Chrome, else Playwright's, else, as root on Debian, apt's.
FIND_BROWSER := $(BIN)/python -m tests.browser.chromium
browser: .venv/installed-dev
	@$(FIND_BROWSER) \
	|| { $(BIN)/python -m playwright install chromium && $(FIND_BROWSER); } \
	|| { [ "$$(id -u)" = 0 ] && apt-get update -qq \
		&& DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium && $(FIND_BROWSER); } \
	|| { echo "No browser: install Chromium or Chrome, then run this again." >&2; exit 1; }

requirements: .venv/installed-dev
	$(COMPILE) --output-file=requirements.txt pyproject.toml
	$(COMPILE) --extra=dev --constraint=requirements.txt --output-file=requirements-dev.txt pyproject.toml

.venv/bin/pip:
	$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed.") if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv .venv

.venv/installed: requirements.txt | .venv/bin/pip
	$(PIP) install --require-hashes --only-binary :all: -r requirements.txt
	@touch $@

.venv/installed-dev: requirements-dev.txt .venv/installed
	$(PIP) install --require-hashes --only-binary :all: -r requirements-dev.txt
	@touch $@
