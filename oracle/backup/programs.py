"""PostgreSQL's own programs: those that came with the embedded server, or for another server those on the path."""

import os
import re
import shutil
import subprocess
from pathlib import Path

from django.conf import settings
from django.db import connection

from oracle.embedded_postgres.base import server
from oracle.embedded_postgres.roles import EMBEDDED
from oracle.refusals import Refusal


def run(name: str, *options: str) -> None:
    """Run `pg_dump` or `pg_restore` on the database, as the role that Django's connection has; no password is shown."""
    arguments, environment = connection.client.settings_to_cmd_args_env(
        connection.settings_dict, [*options, "--dbname"]
    )
    done = subprocess.run(
        [_program(name), *arguments[1:]],
        check=False,
        env={**os.environ, **(environment or {})},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise Refusal(f"{name} failed: {done.stderr.strip()}")


def major(name: str) -> int:
    """The program's major version."""
    told = subprocess.run([_program(name), "--version"], check=True, capture_output=True, text=True).stdout
    found = re.search(r"\) (\d+)", told)
    if not found:
        raise Refusal(f"{name} does not say which version it is: {told.strip()}")
    return int(found[1])


def server_major() -> int:
    """The server's major version."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version_num")
        return int(cursor.fetchone()[0]) // 10_000


def _program(name: str) -> str:
    if settings.DATABASES["default"]["ENGINE"] == EMBEDDED:
        return str(server().programs / name)
    beside = Path(f"/usr/lib/postgresql/{server_major()}/bin") / name  # where Debian keeps one for each version
    found = str(beside) if beside.exists() else shutil.which(name)
    if not found:
        raise Refusal(f"{name} is not here: install PostgreSQL's client programs, version {server_major()} or newer.")
    return found
