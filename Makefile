# `make run` and `make test` do all the set-up, in .venv. Nothing here removes .data/, where the database lives.

PYTHON ?= python3
PORT ?= 8000
BIN := .venv/bin
DEVELOPMENT := DEBUG=1 DATABASE_URL= ORACLE_DATABASE=demonstration
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
COMPILE := CUSTOM_COMPILE_COMMAND="make requirements" $(BIN)/pip-compile --quiet --generate-hashes --strip-extras \
	--allow-unsafe --no-emit-index-url --no-emit-trusted-host --no-emit-find-links --no-emit-options

.PHONY: help run test lint bench screenshots requirements browser
.DELETE_ON_ERROR:

help:
	@echo "make run           the site with a small demonstration, on http://127.0.0.1:$(PORT)"
	@echo "make test          the whole suite, in a real browser too"
	@echo "make lint          ruff, mypy and Django's own checks"
	@echo "make bench         how fast it is, on throw-away databases of 1,000 and 100,000 articles"
	@echo "make screenshots   pictures of every screen"
	@echo "make requirements  pin the dependencies of pyproject.toml anew"

run: .venv/installed
	@echo "Preparing the database ..."
	@$(DEVELOPMENT) $(BIN)/python manage.py migrate --verbosity 0
	@$(DEVELOPMENT) $(BIN)/python manage.py demonstration
	@trap 'kill $$mail $$site 2>/dev/null; wait' EXIT; trap 'exit 0' INT TERM; \
	$(DEVELOPMENT) $(BIN)/python manage.py send_mail --watch & mail=$$!; \
	$(DEVELOPMENT) $(BIN)/python manage.py runserver 127.0.0.1:$(PORT) & site=$$!; \
	wait $$site

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
	SCREENSHOTS=.data/screenshots $(BIN)/python -m pytest tests/browser/test_every_page.py

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
