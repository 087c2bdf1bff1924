"""Logs: JSON lines that nobody can forge, with a number for each request and nothing of a person but theirs."""

import json
import logging
import socket
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import IntegrityError, OperationalError, transaction
from django.test import Client, RequestFactory
from gunicorn.http.errors import InvalidHeader, InvalidRequestLine
from gunicorn.workers.base import Worker

from oracle import logs
from oracle.accounts import invitations
from oracle.accounts.models import User
from oracle.middleware import LoginRequired
from tests import cast

Lines = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def lines() -> Iterator[Lines]:
    """What the console would show, read as JSON; a line that is none fails."""
    kept: list[str] = []
    handler = logging.Handler()
    handler.setFormatter(logs.Line())
    handler.emit = lambda record: kept.append(handler.format(record))  # type: ignore[method-assign]
    root = logging.getLogger()
    root.addHandler(handler)
    yield lambda: [json.loads(part) for line in kept for part in line.split("\n")]
    root.removeHandler(handler)


def of_requests(lines: Lines) -> list[dict[str, Any]]:
    return [line for line in lines() if line["logger"] == "oracle.requests"]


@pytest.mark.django_db
def test_a_line_says_what_when_how_long_and_nothing_of_the_reader(lines: Lines, founded: None) -> None:
    response = Client(REMOTE_ADDR="203.0.113.9").get("/contact/?secret=word", headers={"User-Agent": "Spy"})
    (line,) = of_requests(lines)
    assert {key: line[key] for key in ("level", "message", "method", "path", "status")} == {
        "level": "INFO",
        "message": "request",
        "method": "GET",
        "path": "/contact/",
        "status": 200,
    }
    assert line["request"] == response["X-Request-ID"]
    assert set(line) == {"time", "level", "logger", "message", "request", "method", "path", "status", "milliseconds"}
    assert datetime.fromisoformat(line["time"]).utcoffset() == timedelta(0)


@pytest.mark.django_db
@pytest.mark.parametrize(("path", "status"), [("/people/", 404), ("/desk/nothing/", 404)])
def test_a_refusal_to_a_person_is_a_warning_with_their_number(
    path: str, status: int, lines: Lines, editor: User
) -> None:
    client = cast.sign_in(Client(), editor)
    client.get("/desk/")
    assert client.get(path).status_code == status
    seen = [(line["level"], line["status"], line.get("account")) for line in of_requests(lines)]
    assert seen == [("INFO", 200, editor.pk), ("WARNING", status, editor.pk)]


@pytest.mark.django_db
def test_a_stranger_at_a_closed_door_is_no_warning(lines: Lines, founded: None) -> None:
    Client().get("/articles/nothing/")
    (line,) = of_requests(lines)
    assert (line["level"], line["status"], "account" in line) == ("INFO", 404, False)


@pytest.mark.django_db
def test_nobody_forges_a_line(lines: Lines, founded: None) -> None:
    Client().get('/x%0A{"level":"INFO","logger":"oracle.sign_in","message":"sign-in of account 1"}/')
    Client().post("/accounts/login/", {"login": "a@b.example\nsign-in of account 1", "password": "p\r\nq"})
    logging.getLogger("oracle.test").warning("one\n{}\r\u2028two %s", "\nthree")
    found = lines()
    assert found[-1]["message"] == "one\n{}\r\u2028two \nthree"
    assert [line for line in found if line["logger"] == "oracle.sign_in" and "of account" in line["message"]] == []
    assert found[0]["path"].startswith("/x\n{")


@pytest.mark.django_db
def test_a_link_for_a_password_is_not_kept(lines: Lines, editor: User) -> None:
    link = invitations.path_of(editor)
    Client().get(link)
    (line,) = of_requests(lines)
    assert (line["path"].endswith("-…/"), link.split("-")[-1].strip("/") in str(line)) == (True, False)


@pytest.mark.django_db
@pytest.mark.parametrize("fault", [None, ZeroDivisionError, OperationalError])
def test_nor_is_one_that_is_cut_or_meets_a_fault(
    fault: type[Exception] | None, lines: Lines, editor: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def faulty(*args: Any) -> None:
        raise fault(f"at {link}") if fault else AssertionError

    link = invitations.path_of(editor)
    monkeypatch.setattr(LoginRequired, "process_view", faulty)
    status = Client(raise_request_exception=False).get(link if fault else link.rstrip("/")).status_code
    assert status == {None: 301, ZeroDivisionError: 500, OperationalError: 503}[fault]
    found = lines()
    assert [line for line in found if link.split("-")[-1].strip("/") in str(line)] == []
    assert found[-1]["path"] == f"{link.split('-')[0]}-…{'/' if fault else ''}"
    told = [line["message"] for line in found if line["logger"] == "django.request"]
    assert {message.rpartition("-")[2] for message in told} == ({"…/"} if fault else set())


@pytest.mark.parametrize("fault", [InvalidRequestLine("GET /?secret"), InvalidHeader("Cookie: secret\n")])
def test_gunicorn_tells_neither_who_nor_what(fault: Exception, lines: Lines) -> None:
    here, there = socket.socketpair()
    worker: Any = SimpleNamespace(log=logging.getLogger("gunicorn.error"))
    with here, there:
        Worker.handle_error(worker, None, here, ("203.0.113.9", 4711), fault)
    worker.log.error("Error handling request %s %s", "GET", "/contact/?secret=word\nmore")
    assert [line["message"] for line in lines()] == ["Invalid request", "Error handling request GET /contact/"]


def test_libraries_add_nothing(lines: Lines, rf: RequestFactory) -> None:
    request = rf.get("/?secret=word")
    logging.getLogger("django.request").error("Internal Server Error: %s", "/", extra={"request": request, "x": 1})
    (line,) = lines()
    assert set(line) == {"time", "level", "logger", "message"}


@pytest.mark.django_db
def test_a_traceback_does_not_quote_the_row(lines: Lines, editor: User) -> None:
    try:
        with transaction.atomic():
            User(email=editor.email, name="Another").save_base(raw=True)
    except IntegrityError:
        logging.getLogger("oracle.test").exception("A fault")
    (line,) = lines()
    assert "IntegrityError" in line["error"]
    assert "one_account_per_email" in line["error"] or "accounts_user_email_key" in line["error"]
    assert editor.email not in line["error"]


def test_a_fault_is_logged_with_its_number(lines: Lines, rf: RequestFactory) -> None:
    def faulty(request: Any) -> Any:
        logging.getLogger("oracle.test").error("inside")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        logs.requests(faulty)(rf.get("/"))
    logging.getLogger("oracle.test").error("after")
    inside, after = lines()
    assert (len(inside["request"]), "request" in after) == (32, False)


@pytest.mark.parametrize(("as_json", "stream"), [(True, "ext://sys.stdout"), (False, None)])
def test_where_the_site_serves_the_console_is_json_on_standard_output(as_json: bool, stream: str | None) -> None:
    assert logs.config(as_json=as_json)["handlers"]["console"].get("stream") == stream
