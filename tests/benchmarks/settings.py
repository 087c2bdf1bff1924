"""The benchmark's settings: the site's own as shipped, on throw-away databases, with two addresses to compare with."""

import os

os.environ.setdefault("SECRET_KEY", "for-the-benchmark-only")

from oracle.settings import *  # noqa: F403
from oracle.settings import DATABASES, LOGGING

ROOT_URLCONF = "tests.benchmarks.urls"
ALLOWED_HOSTS = ["*"]
DATABASES["default"]["NAME"] = os.environ.get("BENCHMARK_DATABASE", "postgres")
# Made as on a real site, and kept out of the table.
LOGGING["handlers"]["console"] = {"class": "logging.FileHandler", "filename": os.devnull, "formatter": "json"}
