"""The files in deploy/ name what there is."""

import configparser
import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import get_commands

from reviews.setup import KEPT

ROOT = Path(__file__).parent.parent
DEPLOY = ROOT / "deploy"
SERVICES = sorted(DEPLOY.glob("*.service"))
PAGE = (ROOT / "docs" / "put-it-on-a-server.md").read_text()
COMMAND = re.compile(r"manage\.py,? (\w+)")


def unit(path: Path) -> configparser.ConfigParser:
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(path)
    return parser


def compose() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    return found


def words_of(path: Path) -> set[str]:
    return set(COMMAND.findall(path.read_text()))


@pytest.mark.parametrize(
    "path", [*SERVICES, DEPLOY / "Dockerfile", DEPLOY / "compose.yaml"], ids=lambda path: path.name
)
def test_every_command_exists(path: Path) -> None:
    assert words_of(path) <= set(get_commands())


@pytest.mark.parametrize("path", SERVICES, ids=lambda path: path.name)
def test_every_unit_is_hardened_and_has_no_password_but_the_owners_own(path: Path) -> None:
    service = unit(path)["Service"]
    assert {service[name] for name in ("NoNewPrivileges", "ProtectHome", "PrivateTmp")} == {"yes"}
    assert (service["ProtectSystem"], service["User"], service["UMask"]) == ("strict", "oracle", "0077")
    assert ("EnvironmentFile" in service) == (path.name == "oracle-migrate.service")


def test_every_timer_has_its_service_and_is_enabled() -> None:
    timers = sorted(DEPLOY.glob("*.timer"))
    assert [path.name for path in timers if path.with_suffix(".service") not in SERVICES] == []
    (enabled,) = re.findall(r"systemctl enable --now (.*)", PAGE)
    assert [path.name for path in timers if path.name not in enabled.split()] == []


def test_what_need_not_be_kept_of_people_goes_every_day() -> None:
    tidied = words_of(DEPLOY / "oracle-tidy.service")
    assert tidied == {"erase_reports", "forget_mail", "forget_notices", "clearsessions"}
    assert {word for word in tidied if f"`manage.py {word}" not in PAGE} == set()


def test_only_who_needs_it_has_the_owners_password() -> None:
    services = compose()["services"]
    holds = {name for name, service in services.items() if "DATABASE_OWNER_URL" in service.get("environment", {})}
    assert holds == {"setup", "migrate", "restore"}
    assert {name for name in holds if services[name]["profiles"] != ["by-hand"]} == set()


def test_what_compose_gives_to_setup_is_kept() -> None:
    given = set(compose()["services"]["setup"]["environment"])
    assert given - set(KEPT) == {"DATABASE_OWNER_URL"}


def test_the_page_names_every_file_and_every_service() -> None:
    assert [path.name for path in DEPLOY.iterdir() if path.name not in PAGE] == []
    assert [name for name in compose()["services"] if name not in PAGE] == []


def test_slow_readers_are_the_proxys() -> None:
    directives = re.findall(r"^\s*(proxy_\w+) (.*);", (DEPLOY / "nginx.conf").read_text(), re.MULTILINE)
    assert dict(directives)["proxy_buffering"] == "on"
    assert re.search(r"reverse_proxy 127\.0\.0\.1:8000 {\s+response_buffers \d+MiB\s+}", PAGE)


def test_no_make_target_takes_data_away() -> None:
    recipes = [line for line in (ROOT / "Makefile").read_text().splitlines() if line.startswith("\t")]
    assert [line for line in recipes if re.search(r"\b(rm|rmdir|unlink|dropdb|flush)\b", line)] == []


@pytest.mark.parametrize(
    ("words", "data"), [([], ".data"), (["DATA=/x"], "/x"), (["ORACLE_DATA_DIR=/y"], "/y"), (["DATA=/x y"], "/x y")]
)
def test_make_serves_the_directory_it_looks_at(words: list[str], data: str) -> None:
    # The suite itself may be run by make.
    around = {name: value for name, value in os.environ.items() if "MAKE" not in name and "DATA" not in name}
    told = subprocess.run(
        ["make", "--file=Makefile", "--file=-", "tell", *words],
        check=True,
        capture_output=True,
        text=True,
        input='tell:\n\t@echo "$(DATA) $$ORACLE_DATA_DIR"\n',
        cwd=ROOT,
        env=around,
    )
    assert told.stdout == f"{data} {data}\n"
