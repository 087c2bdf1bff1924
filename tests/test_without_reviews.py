"""Deleting `reviews/` leaves a working place to write and read, in which nothing can be approved."""

import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

ROOT = Path(__file__).parent.parent


@pytest.mark.django_db(transaction=True)
def test_articles_live_without_reviews():
    command = [sys.executable, "-m", "tests.without_reviews", str(connection.settings_dict["NAME"])]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0] == "There is no board on this site."
    assert {line.rsplit(" ", 1)[1] for line in lines[1:]} == {"200"}
