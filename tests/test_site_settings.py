"""The settings: the site's file below the environment, and what HTTPS and proxies turn on."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from allauth.core.internal.ratelimit import get_ip
from django.core.exceptions import ImproperlyConfigured
from django.test import Client, RequestFactory

from oracle import site_file

ROOT = Path(__file__).parent.parent
ASKED = """
import json, sys
from oracle import settings
json.dump({name: getattr(settings, name, None) for name in sys.argv[1:]}, sys.stdout, default=str)
"""
AWKWARD = 'Dr O\'Neil & "Söhne" \\ $HOME `id` # 5 %'


def settings_of(data: Path, *names: str, **environment: str) -> dict[str, Any]:
    """Settings of a process of its own; raises with its last line where it does not start."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
    done = subprocess.run(
        [sys.executable, "-c", ASKED, *names],
        check=False,
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=kept | {"ORACLE_DATA_DIR": str(data), "SECRET_KEY": "k" * 50} | environment,
    )
    if done.returncode:
        raise RuntimeError(done.stderr.strip().splitlines()[-1])
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_the_sites_file_is_the_default_and_the_environment_wins(tmp_path: Path) -> None:
    values = {"SITE_NAME": AWKWARD, "RESPONSIBLE": "A house", "CONTACT_EMAIL": "a@example.org"}
    with site_file.made(tmp_path / site_file.NAME, site_file.text_of(values)):
        found = settings_of(tmp_path, *values, RESPONSIBLE="Another")
    assert found == values | {"RESPONSIBLE": "Another"}


def test_the_demonstration_reads_nothing_of_a_real_site(tmp_path: Path) -> None:
    (tmp_path / site_file.NAME).write_text('SECRET_KEY="of-the-site"\nSITE_NAME="Of the site"\n')
    found = settings_of(tmp_path, "SITE_NAME", "SECRET_KEY", DEBUG="1", SECRET_KEY="x")
    assert found == {"SITE_NAME": "Oracle", "SECRET_KEY": "x"}


@pytest.mark.parametrize(
    ("environment", "name"),
    [
        ({}, "oracle"),
        ({"DEBUG": "1"}, "demonstration"),
        ({"DEBUG": "1", "ORACLE_DATABASE": "another"}, "another"),
    ],
)
def test_the_demonstration_has_a_database_of_its_own(environment: dict[str, str], name: str, tmp_path: Path) -> None:
    found = settings_of(tmp_path, "DATABASES", **environment)
    assert found["DATABASES"]["default"]["NAME"] == name


def test_the_file_reads_the_same_in_a_shell(tmp_path: Path) -> None:
    path = tmp_path / "site.env"
    with site_file.made(path, site_file.text_of({"SITE_NAME": AWKWARD})):
        told = subprocess.run(
            ["sh", "-c", '. "$0"; printf %s "$SITE_NAME"', path], check=True, capture_output=True, text=True
        )
        assert site_file.read(path) == {"SITE_NAME": told.stdout} == {"SITE_NAME": AWKWARD}
        assert path.stat().st_mode & 0o777 == 0o600


def test_the_file_is_taken_back_when_the_rest_fails_and_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "new" / "site.env"
    with pytest.raises(ZeroDivisionError), site_file.made(path, "A=1\n"):
        raise ZeroDivisionError
    assert not path.exists()
    with site_file.made(path, "A=1\n"), pytest.raises(FileExistsError), site_file.made(path, "A=2\n"):
        pass
    assert site_file.read(path) == {"A": "1"}


@pytest.mark.parametrize("line", ["A", 'A="x', "A=x y", 'export A="x"', 'a="x"', "A=$HOME", "A='x'"])
def test_a_line_that_others_would_read_otherwise_is_refused(line: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="line 2"):
        site_file.parse(f"# a remark\n{line}\n")


@pytest.mark.parametrize("value", ["two\nlines", "bell\a"])
def test_a_value_is_one_line(value: str) -> None:
    with pytest.raises(ValueError, match="cannot stand"):
        site_file.text_of({"SITE_NAME": value})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("HTTPS", "yes"),
        ("TRUSTED_PROXIES", "-1"),
        ("TRUSTED_PROXIES", "one"),
        ("EMAIL_PORT", ""),
        ("SITE_URL", "a.example.org"),
    ],
)
def test_a_wrong_value_fails_loudly_with_its_name(name: str, value: str, tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match=name):
        settings_of(tmp_path, "HTTPS", **{name: value})


@pytest.mark.parametrize(
    ("environment", "address"),
    [
        ({}, "http://127.0.0.1:8000"),
        ({"ALLOWED_HOSTS": ".example.org,a.example.org", "HTTPS": "1"}, "https://a.example.org"),
        ({"ALLOWED_HOSTS": "*", "HTTPS": "1"}, "https://127.0.0.1"),
        ({"SITE_URL": "https://b.example.org/", "ALLOWED_HOSTS": "a.example.org"}, "https://b.example.org"),
    ],
)
def test_links_in_mail_begin_with_the_sites_address(environment: dict[str, str], address: str, tmp_path: Path) -> None:
    assert settings_of(tmp_path, "SITE_URL", **environment) == {"SITE_URL": address}


COOKIES = ("SESSION_COOKIE_NAME", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_NAME", "CSRF_COOKIE_SECURE")
TRANSPORT = ("SECURE_SSL_REDIRECT", "SECURE_HSTS_SECONDS", "CSRF_TRUSTED_ORIGINS", "SECURE_PROXY_SSL_HEADER")


def test_without_https_cookies_travel_as_they_do_on_this_machine(tmp_path: Path) -> None:
    found = settings_of(tmp_path, *COOKIES, *TRANSPORT)
    assert list(found.values()) == ["sessionid", False, "csrftoken", False, False, 0, [], None]


def test_https_turns_everything_on(tmp_path: Path) -> None:
    hosts = {"ALLOWED_HOSTS": "a.example.org,.example.com", "HTTPS": "1", "TRUSTED_PROXIES": "1"}
    found = settings_of(tmp_path, *COOKIES, *TRANSPORT, **hosts)
    assert list(found.values()) == [
        *("__Host-sessionid", True, "__Host-csrftoken", True, True, 365 * 24 * 3600),
        ["https://a.example.org", "https://*.example.com"],
        ["HTTP_X_FORWARDED_PROTO", "https"],
    ]


@pytest.mark.parametrize(
    ("proxies", "forwarded", "believed"),
    [
        (0, "203.0.113.7", "192.0.2.1"),
        (1, "203.0.113.7", "203.0.113.7"),
        (1, "198.51.100.66, 203.0.113.7", "203.0.113.7"),
        (2, "198.51.100.66, 203.0.113.7, 192.0.2.9", "203.0.113.7"),
    ],
)
def test_nobody_forges_an_address(
    proxies: int, forwarded: str, believed: str, settings: Any, rf: RequestFactory
) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    request = rf.get("/", REMOTE_ADDR="192.0.2.1", headers={"X-Forwarded-For": forwarded})
    assert get_ip(request) == believed


@pytest.fixture
def by_https(settings: Any) -> Any:
    """As HTTPS=1 sets it, behind one proxy."""
    settings.SECURE_SSL_REDIRECT, settings.SECURE_HSTS_SECONDS = True, 365 * 24 * 3600
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
    return settings


@pytest.mark.django_db
@pytest.mark.usefixtures("by_https", "founded")
def test_http_is_led_to_https_and_a_proxys_word_is_believed() -> None:
    client = Client()
    plain = client.get("/contact/")
    assert (plain.status_code, plain["Location"]) == (301, "https://testserver/contact/")
    page = client.get("/contact/", headers={"X-Forwarded-Proto": "https"})
    assert (page.status_code, page["Strict-Transport-Security"]) == (200, "max-age=31536000")
    assert page.cookies == {}


@pytest.mark.django_db
@pytest.mark.usefixtures("by_https")
def test_the_cookies_of_a_sign_in(editor: Any) -> None:
    from tests.cast import PASSWORD

    client = Client(headers={"X-Forwarded-Proto": "https"})
    client.post("/accounts/login/", {"login": editor.email, "password": PASSWORD})
    cookie = client.cookies["__Host-sessionid"]
    found = {name: cookie[name] for name in ("secure", "httponly", "path", "domain", "samesite")}
    assert found == {"secure": True, "httponly": True, "path": "/", "domain": "", "samesite": "Lax"}
    assert client.get("/desk/").status_code == 200
