"""The real site in a throw-away directory: gunicorn, the embedded PostgreSQL and the mail sender, all to be killed.

It has the settings that it serves with (none of the suite's), people who can sign in, and no articles.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import psycopg

from oracle.embedded_postgres.server import OWNER, Server

ROOT = Path(__file__).parent.parent
PATIENCE = 100  # seconds, on a busy machine
OURS = ("DJANGO_", "DATABASE_", "EMAIL_", "ORACLE_", "PYTEST_")
HOUSES = range(1, 5)
SETTLE = """
import json, sys
import django
django.setup()
from tests.throwaway_site import settle
json.dump(settle(), sys.stdout)
"""


def settle() -> dict[str, str]:
    """Found the site and make its people, in the process that calls it; gives back each one's e-mail by role."""
    from reviews.founding import found
    from tests.cast import board_member, person

    found()
    people = {role: person(f"{role.capitalize()} Only", role) for role in ("chair", "auditor", "administrator")}
    for house in HOUSES:
        people[f"editor{house}"] = person(f"Editor{house} Only", "editor")
        people[f"reviewer{house}"] = person(f"Reviewer{house} Only", "reviewer")
        board_member(people[f"reviewer{house}"], "nephrology")
    return {role: user.email for role, user in people.items()}


class ThrowawaySite:
    """One site below `data`, a directory with a short path; `close` ends all of it."""

    def __init__(self, data: Path) -> None:
        self.data, self.server = data, Server(data)
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port: int = free.getsockname()[1]
        kept = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
        self.environment = kept | {
            "DEBUG": "0",
            "SECRET_KEY": "for-a-site-that-is-thrown-away-within-a-minute-only",
            "ORACLE_DATA_DIR": str(data),
            "DJANGO_SETTINGS_MODULE": "oracle.settings",
            "PYTHONUNBUFFERED": "1",
        }
        self.processes: dict[str, subprocess.Popen[bytes]] = {}

    def found(self) -> dict[str, str]:
        """Make the database and the people; gives back each one's e-mail by role."""
        self.manage("migrate", "--verbosity=0")
        self.manage("collectstatic", "--no-input", "--verbosity=0")
        told = subprocess.run(
            [sys.executable, "-c", SETTLE], cwd=ROOT, env=self.environment, check=True, stdout=subprocess.PIPE
        )
        people: dict[str, str] = json.loads(told.stdout)
        return people

    def manage(self, *words: str) -> None:
        """Run a command of `manage.py` to its end."""
        subprocess.run([sys.executable, "manage.py", *words], cwd=ROOT, env=self.environment, check=True)

    def owner(self) -> "psycopg.Connection[Any]":
        """A connection of the tables' owner, committing each statement."""
        return psycopg.connect(**self.server.parameters(OWNER), dbname="oracle", autocommit=True)

    # Processes

    def start_web(self) -> None:
        """Serve, and wait until a page comes."""
        options = ["--worker-class=gthread", "--workers=2", "--threads=4", f"--bind=127.0.0.1:{self.port}"]
        self._start("web", "-m", "gunicorn", *options, "--graceful-timeout=5", "oracle.wsgi")
        wait_for(self._answers)

    def start_mail(self) -> None:
        """Send mail, to files."""
        self._start("mail", "manage.py", "send_mail", "--watch")

    def _start(self, name: str, *command: str) -> None:
        with (self.data / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                [sys.executable, *command], cwd=ROOT, env=self.environment, stdout=log, stderr=subprocess.STDOUT
            )

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/contact/", timeout=5) as page:
                return bool(page.status == 200)
        except OSError:
            return False

    def log(self, name: str) -> str:
        """What a process has said."""
        return (self.data / f"{name}.log").read_text(errors="replace")

    # Killing

    def kill_web(self) -> None:
        """kill -9 of gunicorn, master and workers."""
        master = psutil.Process(self.processes["web"].pid)
        _kill([master, *master.children()])
        self.processes["web"].wait()

    def kill_mail(self) -> None:
        """kill -9 of the mail sender."""
        self.processes["mail"].kill()
        self.processes["mail"].wait()

    def kill_database(self) -> None:
        """kill -9 of PostgreSQL: the postmaster, and every process that serves a connection."""
        pid = int((self.server.cluster / "postmaster.pid").read_text().split("\n")[0])
        postmaster = psutil.Process(pid)
        _kill([postmaster, *postmaster.children(recursive=True)])

    def close(self) -> None:
        """End everything."""
        for process in self.processes.values():
            process.send_signal(signal.SIGTERM)
        for process in self.processes.values():
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self.server.stop()


def _kill(family: list[psutil.Process]) -> None:
    for process in family:
        try:
            process.kill()
        except psutil.NoSuchProcess:
            continue
    wait_for(lambda: not any(map(_lives, family)))


def _lives(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def wait_for(answer: Callable[[], bool]) -> None:
    """Ask again until the answer is yes; a `TimeoutError` after `PATIENCE` seconds."""
    end = time.monotonic() + PATIENCE
    while not answer():
        if time.monotonic() > end:
            raise TimeoutError("The site did not come back.")
        time.sleep(0.05)
