"""The embedded server: made and started by the first connection, and again by the next one after any death.

Each test that needs a fresh cluster makes one in a throw-away directory, which as root is closed to all others.
"""

import os
import re
import shutil
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import psycopg
import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db.utils import ConnectionHandler

from oracle.embedded_postgres.server import APP, OWNER, SUPERUSER, Server, ServerFailed

ROOT = Path(__file__).parent.parent
COLD_START = """
import sys
from pathlib import Path
from oracle.embedded_postgres.server import Server
Server(Path(sys.argv[1])).ensure("oracle")
"""


@pytest.fixture
def data() -> Iterator[Path]:
    """A directory with a short path, closed to other accounts; its server is stopped at the end."""
    with throw_away() as path:
        yield path


@pytest.fixture(scope="module")
def shared() -> Iterator[Server]:
    """One server for the tests that may share it, running, with a database `oracle`."""
    with throw_away() as path:
        server = Server(path)
        server.ensure("oracle")
        yield server


@contextmanager
def throw_away() -> Iterator[Path]:
    """A temporary directory whose servers end with it."""
    path = Path(tempfile.mkdtemp(prefix="o"))
    try:
        yield path
    finally:
        for cluster in path.rglob("postgres/cluster"):
            Server(cluster.parent.parent).stop()
        shutil.rmtree(path)


def ask(server: Server, role: str, statement: str, **parameters: Any) -> Any:
    """The one value of `statement`, as `role`."""
    with psycopg.connect(**server.parameters(role) | {"dbname": "oracle"} | parameters, autocommit=True) as connection:
        row = connection.execute(statement.encode()).fetchone()
        return row[0] if row else None


def pid_of(server: Server) -> int:
    return int((server.cluster / "postmaster.pid").read_text().split("\n")[0])


def kill(server: Server) -> None:
    """Kill the server, and wait for the processes that served its connections to notice."""
    family = [psutil.Process(pid_of(server))]
    family += family[0].children()
    family[0].kill()
    while any(process.is_running() and process.status() != psutil.STATUS_ZOMBIE for process in family):
        time.sleep(0.01)


def engine(settings: Any, data: Path) -> Any:
    """Django's connection by the ENGINE to the server in `data`."""
    settings.DATA_DIR = data
    return ConnectionHandler({"default": {"ENGINE": "oracle.embedded_postgres", "NAME": "oracle"}})["default"]


def test_the_first_connection_makes_cluster_roles_and_database(data, settings):
    connection = engine(settings, data)
    with connection.get_new_connection(connection.get_connection_params()) as raw:
        assert raw.execute("SELECT current_user, current_database()").fetchone() == ("app", "oracle")
        roles = "SELECT rolname, rolsuper, rolcreatedb FROM pg_roles WHERE rolcanlogin ORDER BY 1"
        assert raw.execute(roles).fetchall() == [
            ("app", False, False),
            ("owner", False, True),
            ("postgres", True, True),
        ]
        owners = "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = 'oracle'"
        assert raw.execute(owners).fetchone() == ("owner",)


def test_a_test_database_is_not_made_by_connecting(shared, settings):
    connection = engine(settings, shared.directory.parent)
    connection.settings_dict["NAME"] = connection.settings_dict["TEST"]["NAME"] = "test_gone"
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        connection.get_new_connection(connection.get_connection_params())


def test_files_are_closed_to_others(shared):
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in shared.directory.iterdir()}
    assert {name: modes[name] for name in ("cluster", "passwords.json", "lock")} == {
        "cluster": 0o700,
        "passwords.json": 0o600,
        "lock": 0o600,
    }
    assert stat.S_IMODE(shared.directory.stat().st_mode) == 0o700


def test_directories_above_are_not_opened(shared):
    assert stat.S_IMODE(shared.directory.parent.stat().st_mode) == 0o700


def test_the_server_does_not_run_as_root(shared):
    assert psutil.Process(pid_of(shared)).uids().effective != 0


def test_there_is_no_tcp(shared):
    assert ask(shared, SUPERUSER, "SELECT setting FROM pg_settings WHERE name = 'listen_addresses'") == ""
    assert psutil.Process(pid_of(shared)).net_connections("inet") == []


def test_nobody_is_trusted(shared):
    rules = [line.split() for line in (shared.cluster / "pg_hba.conf").read_text().splitlines()]
    assert {rule[-1] for rule in rules if rule and not rule[0].startswith("#")} == {"scram-sha-256"}


@pytest.mark.parametrize("role", [SUPERUSER, OWNER, APP])
@pytest.mark.parametrize(("password", "refusal"), [("", "no password"), ("guess", "authentication failed")])
def test_without_the_password_nobody_comes_in(shared, role, password, refusal):
    with pytest.raises(psycopg.OperationalError, match=refusal):
        ask(shared, role, "SELECT 1", password=password)


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE note (words text)",
        "SET session_replication_role = replica",
        "SET ROLE owner",
        "CREATE DATABASE note",
    ],
)
def test_the_site_may_not(shared, statement):
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        ask(shared, APP, statement)


def test_no_log_holds_a_password(shared):
    written = shared.log.read_text()
    assert [role for role in (SUPERUSER, OWNER, APP) if shared.parameters(role)["password"] in written] == []


def test_after_kill_9_under_a_connection_the_next_request_works(shared, settings, django_db_blocker):
    connection = engine(settings, shared.directory.parent)
    connection.settings_dict["CONN_HEALTH_CHECKS"] = True
    connection.settings_dict["CONN_MAX_AGE"] = None
    with django_db_blocker.unblock():
        connection.cursor().execute("SELECT 1")
        kill(shared)
        connection.close_if_unusable_or_obsolete()  # what Django does as a request begins
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_user")
            assert cursor.fetchone() == ("app",)
        connection.close()


def test_a_pid_file_that_names_another_live_process_is_not_believed(shared):
    account = shared.cluster.stat()
    shared.stop()
    other = subprocess.Popen(["sleep", "60"], user=account.st_uid if os.geteuid() == 0 else None)
    try:
        stale = f"{other.pid}\n{shared.cluster}\n1\n5432\n..\n\n\nready\n"
        (shared.cluster / "postmaster.pid").write_text(stale)
        (shared.directory / ".s.PGSQL.5432.lock").write_text(stale)
        shared.ensure()
        assert other.poll() is None
    finally:
        other.kill()
        other.wait()
    assert ask(shared, APP, "SELECT 1") == 1
    assert pid_of(shared) != other.pid


def test_a_zombie_is_not_taken_for_the_server(shared):
    shared.stop()
    zombie = subprocess.Popen(["true"], user=shared.cluster.stat().st_uid if os.geteuid() == 0 else None)
    while psutil.Process(zombie.pid).status() != psutil.STATUS_ZOMBIE:
        time.sleep(0.01)
    (shared.cluster / "postmaster.pid").write_text(f"{zombie.pid}\n{shared.cluster}\n1\n5432\n..\n\n\nready\n")
    shared.ensure()
    zombie.wait()
    assert ask(shared, APP, "SELECT 1") == 1


def test_stopped_it_stays_stopped_until_it_is_needed(shared):
    assert shared.running()
    assert shared.stop()
    assert not shared.running()
    assert not shared.stop()
    shared.ensure()
    assert shared.running()


def test_it_outlives_the_process_that_started_it(shared):
    shared.stop()
    subprocess.run([sys.executable, "-c", COLD_START, str(shared.directory.parent)], cwd=ROOT, check=True)
    assert shared.running()


def test_processes_that_start_at_once_share_one_server(data):
    command = [sys.executable, "-c", COLD_START, str(data)]
    starts = [subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True) for _ in range(3)]
    assert [(start.communicate()[1], start.returncode) for start in starts] == [("", 0)] * 3
    running = [p for p in psutil.process_iter(["cmdline"]) if f"{data}/postgres/cluster" in (p.info["cmdline"] or [])]
    assert [process.pid for process in running] == [pid_of(Server(data))]


def test_a_path_with_a_space_works(data):
    server = Server(data / "two words")
    server.ensure("oracle")
    assert ask(server, APP, "SELECT current_database()") == "oracle"
    assert server.stop()


@pytest.mark.parametrize(("name", "sentence"), [("n" * 100, "is too long"), ("a,b", "','"), ('a"b', "'\"'")])
def test_a_path_that_cannot_work_is_refused_before_anything_is_made(data, name, sentence):
    with pytest.raises(ImproperlyConfigured, match=sentence) as refused:
        Server(data / name).ensure("oracle")
    assert "ORACLE_DATA_DIR" in str(refused.value)
    assert list(data.iterdir()) == []


def test_the_longest_path_works(data):
    name = "n" * (107 - len(f"{data}//postgres/.s.PGSQL.5432"))
    server = Server(data / name)
    server.ensure("oracle")
    assert ask(server, APP, "SELECT 1") == 1


def test_a_cluster_that_was_never_finished_is_made_anew(data):
    (data / "postgres" / "cluster.new" / "base").mkdir(parents=True)
    server = Server(data)
    server.ensure("oracle")
    assert ask(server, APP, "SELECT 1") == 1
    assert not (data / "postgres" / "cluster.new").exists()


if hasattr(os, "geteuid") and os.geteuid() == 0:

    def test_as_root_a_directory_that_the_server_cannot_reach_is_refused(data):
        command = ["setpriv", "--bounding-set=-dac_read_search", sys.executable, "-c", COLD_START, str(data)]
        ended = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
        assert ended.returncode == 1
        assert "may not pass through the directories above" in ended.stderr
        assert not (data / "postgres" / "cluster").exists()

    def test_as_root_the_server_gets_a_capability_only_where_it_needs_one(data):
        data.chmod(0o755)
        server = Server(data)
        open_to_all = all(parent.stat().st_mode & stat.S_IXOTH for parent in server.programs.parents)
        server.ensure("oracle")
        status = Path(f"/proc/{pid_of(server)}/status").read_text()
        assert re.findall(r"CapEff:\s*(\w+)", status) == [f"{0 if open_to_all else 4:016}"]


def test_lost_passwords_are_a_sentence(shared):
    passwords = shared.directory / "passwords.json"
    kept = passwords.rename(shared.directory / "elsewhere")
    try:
        with pytest.raises(ImproperlyConfigured, match="put the file back"):
            shared.ensure()
    finally:
        kept.rename(passwords)


def test_a_wrong_password_file_fails_at_once(shared):
    passwords = shared.directory / "passwords.json"
    kept = passwords.read_text()
    passwords.write_text(kept.replace(shared.parameters(SUPERUSER)["password"], "guess"))
    try:
        with pytest.raises(ServerFailed, match="authentication failed"):
            shared.ensure()
    finally:
        passwords.write_text(kept)


def test_a_server_that_cannot_start_shows_the_end_of_its_log(shared, monkeypatch):
    monkeypatch.setattr("oracle.embedded_postgres.server.PATIENCE", 0.5)
    shared.stop()
    settings = shared.cluster / "postgresql.auto.conf"
    kept = settings.read_text()
    settings.write_text("nonsense = 1\n")
    try:
        with pytest.raises(ServerFailed, match='unrecognized configuration parameter "nonsense"'):
            shared.ensure()
    finally:
        settings.write_text(kept)
    shared.ensure()


def test_a_start_that_takes_longer_than_patience_is_believed(shared, monkeypatch):
    monkeypatch.setattr("oracle.embedded_postgres.server.PATIENCE", 0.2)
    shared.stop()
    began = time.monotonic()
    shared.ensure()
    assert time.monotonic() - began > 0.2
    assert ask(shared, APP, "SELECT 1") == 1


def test_commands_that_need_no_data_start_no_server(data):
    environment = os.environ | {"ORACLE_DATA_DIR": str(data), "DATABASE_URL": ""}
    for words in (["check"], ["help"], ["embedded_postgres", "stop"]):
        subprocess.run(
            [sys.executable, "manage.py", *words], cwd=ROOT, env=environment, check=True, capture_output=True
        )
    assert list(data.iterdir()) == []


def test_two_runs_of_the_suite_at_once_do_not_meet():
    environment = {name: value for name, value in os.environ.items() if name != "ORACLE_TEST_SUFFIX"}
    chosen = "tests/test_database_roles.py::test_the_tests_database_is_emptied_but_for_what_migrate_wrote"
    command = [sys.executable, "-m", "pytest", chosen]
    runs = [subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    ends = [(run.communicate()[0], run.returncode) for run in runs]
    assert [code for _, code in ends] == [0, 0], ends
