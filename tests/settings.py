"""The suite's settings: the site's own, with what a run on any machine needs."""

import os

os.environ["ORACLE_SITE_FILE"] = os.devnull
os.environ.setdefault("SECRET_KEY", "for-the-tests-only")
# Playwright's synchronous interface runs an event loop in the thread in which the tests use the database.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

from oracle.settings import *  # noqa: F403
from oracle.settings import AS_THEY_ARE, DATABASES, LOGGING, MIDDLEWARE, STORAGES

_database = DATABASES["default"]
# The process's id keeps two runs at once apart.
_database["TEST"] = {"NAME": "test_oracle" + os.environ.get("ORACLE_TEST_SUFFIX", f"_{os.getpid()}")}
_database.setdefault("OPTIONS", {})["options"] = "-c synchronous_commit=off"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# No collected files, and no warnings that there are none.
MIDDLEWARE = [name for name in MIDDLEWARE if "whitenoise" not in name]
STORAGES = STORAGES | {"staticfiles": {"BACKEND": AS_THEY_ARE}}
# What a program of the tests prints is its own.
LOGGING["handlers"]["console"]["stream"] = "ext://sys.stderr"
