"""Mail leaves the outbox: each pass tries a message once, a failed one waits ever longer, and none is lost unseen."""

import logging
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from io import StringIO
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, connections

from oracle import clock
from oracle.outbox.models import WAITS, Outbox

pytestmark = pytest.mark.django_db
REFUSES = "refuses@example.org"
ROOT = Path(__file__).parent.parent


def letter(subject: str = "Your account", **fields: Any) -> Outbox:
    values = {"to": ["nora@example.org"], "sender": "site@example.org", "body": "Follow the link."}
    return Outbox.objects.create(subject=subject, **(values | fields))


def one_pass() -> int:
    told = StringIO()
    call_command("send_mail", stdout=told)
    return int(told.getvalue().split()[0])


class Sink(Thread):
    """A mail server on the loopback interface that keeps what it gets; it refuses one recipient."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.server = socket.create_server(("127.0.0.1", 0))
        self.port: int = self.server.getsockname()[1]
        self.messages: list[str] = []

    def run(self) -> None:
        while True:
            try:
                connection, _ = self.server.accept()
            except OSError:
                return
            with suppress(ConnectionError), connection, connection.makefile("rw", newline="\r\n") as talk:
                self.serve(talk)

    def serve(self, talk: Any) -> None:
        answers = {"rcpt": "250 fine", "data": "354 go on", "quit": "221 bye"}
        self.say(talk, "220 sink")
        for line in talk:
            verb = line[:4].lower()
            self.say(talk, "550 nobody here" if REFUSES in line else answers.get(verb, "250 fine"))
            if verb == "data":
                lines = iter(talk.readline, ".\r\n")
                self.messages.append("".join(lines))
                self.taken()
                self.say(talk, "250 kept")

    def taken(self) -> None:
        """A message has come, and its sender is not yet told so."""

    @staticmethod
    def say(talk: Any, words: str) -> None:
        talk.write(words + "\n")
        talk.flush()


@pytest.fixture
def sink(settings: Any) -> Iterator[Sink]:
    server = Sink()
    server.start()
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
    yield server
    # Wakes `accept`, which on Linux goes on waiting when the socket is only closed.
    server.server.shutdown(socket.SHUT_RDWR)
    server.server.close()
    server.join()


@pytest.fixture
def closed_port(settings: Any) -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", taken.getsockname()[1]
    return int(settings.EMAIL_PORT)


@contextmanager
def later(**wait: int) -> Iterator[None]:
    with clock.moved_to(clock.now() + timedelta(**wait)):
        yield


def test_what_waits_is_sent_once(sink: Sink) -> None:
    letter("First"), letter("Second")
    assert (one_pass(), one_pass()) == (2, 0)
    assert [message.split("Subject: ")[1].split("\r\n")[0] for message in sink.messages] == ["First", "Second"]
    assert all("Follow the link." in message for message in sink.messages)
    sent = list(Outbox.objects.values_list("tries", "next_try_at", "error"))
    assert (sent, Outbox.objects.filter(sent_at=None).count()) == ([(1, None, "")] * 2, 0)


def test_without_a_mail_server_mail_becomes_files(settings: Any, tmp_path: Path) -> None:
    settings.EMAIL_HOST, settings.DATA_DIR = "", tmp_path
    letter()
    assert one_pass() == 1
    (written,) = (tmp_path / "mail").iterdir()
    assert "Follow the link." in written.read_text()


def test_a_failed_pass_is_one_try_and_the_next_comes_later(closed_port: int) -> None:
    row = letter()
    before = clock.now()
    assert (one_pass(), one_pass()) == (0, 0)
    row.refresh_from_db()
    assert (row.tries, row.sent_at, "refused" in row.error) == (1, None, True)
    assert row.next_try_at is not None
    assert timedelta(minutes=1) <= row.next_try_at - before < timedelta(minutes=2)


def test_mail_outlives_a_server_that_is_down_for_an_hour(closed_port: int, settings: Any) -> None:
    row = letter()
    for minutes in (0, 2, 10):
        with later(minutes=minutes):
            assert one_pass() == 0
    server = Sink()
    server.start()
    settings.EMAIL_PORT = server.port
    with later(minutes=15):
        assert one_pass() == 0
    with later(minutes=60):
        assert one_pass() == 1
    server.server.shutdown(socket.SHUT_RDWR)
    row.refresh_from_db()
    assert (row.tries, row.error, len(server.messages)) == (4, "", 1)


def test_the_waits_grow_and_after_three_days_it_is_given_up_aloud(
    closed_port: int, caplog: pytest.LogCaptureFixture
) -> None:
    row, begun, waits = letter(), clock.now(), []
    moment: Any = begun
    while moment:
        with clock.moved_to(moment):
            one_pass()
            row.refresh_from_db()
            waits += [row.next_try_at - moment] if row.next_try_at else []
            gone, moment = clock.now() - begun, row.next_try_at
    assert [wait.total_seconds() // 60 for wait in waits] == [1, 5, 30, 120] + [720] * 6
    assert timedelta(days=3) < gone < timedelta(days=3.25)
    assert (row.tries, row.sent_at, "refused" in row.error) == (len(WAITS) + 1, None, True)
    (told,) = (entry for entry in caplog.records if entry.levelno == logging.ERROR)
    assert told.getMessage().startswith(f"mail {row.pk} given up after 11 tries: ")
    with later(days=30):
        assert one_pass() == 0
    row.refresh_from_db()
    assert row.tries == len(WAITS) + 1


def test_one_message_that_fails_keeps_no_other_waiting(sink: Sink) -> None:
    refused = letter("First", to=[REFUSES])
    broken = letter("Two\nlines")
    letter("Third")
    assert one_pass() == 1
    assert [f"Subject: {name}\r\n" in sink.messages[0] for name in ("First", "Third")] == [False, True]
    for row in (refused, broken):
        row.refresh_from_db()
    assert (refused.tries, broken.tries) == (1, 1)
    assert "nobody here" in refused.error
    assert "newline" in broken.error.lower()


def test_old_mail_is_forgotten_and_what_was_not_sent_never(sink: Sink) -> None:
    letter("Sent"), letter("Refused", to=[REFUSES]), letter("Given up", next_try_at=None)
    assert one_pass() == 1
    sent = Outbox.objects.get(subject="Sent").sent_at
    assert sent is not None
    told = StringIO()
    for moment in (sent + timedelta(days=30, seconds=-1), sent + timedelta(days=30)):
        with clock.moved_to(moment):
            call_command("forget_mail", stdout=told)
    assert [line.partition(" ")[0] for line in told.getvalue().splitlines()] == ["0", "1"]
    assert list(Outbox.objects.order_by("id").values_list("subject", flat=True)) == ["Refused", "Given up"]


@pytest.mark.django_db(transaction=True)
def test_two_senders_at_once_send_each_message_once(sink: Sink) -> None:
    for number in range(6):
        letter(f"Letter {number}")

    def send() -> None:
        try:
            one_pass()
        finally:
            connections.close_all()

    senders = [Thread(target=send) for _ in range(2)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    found = sorted(message.split("Subject: ")[1].split("\r\n")[0] for message in sink.messages)
    assert found == [f"Letter {number}" for number in range(6)]
    assert Outbox.objects.filter(tries=1, next_try_at=None).exclude(sent_at=None).count() == 6


@pytest.mark.django_db(transaction=True)
def test_killed_between_sending_and_noting_it_sends_again(sink: Sink, monkeypatch: pytest.MonkeyPatch) -> None:
    row = letter("Once or twice")
    name, url = connection.settings_dict["NAME"], os.environ.get("DATABASE_URL", "")
    here = {"ORACLE_DATABASE": name, "DATABASE_URL": url and f"{url.rpartition('/')[0]}/{name}"}
    mail = {"EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": str(sink.port)}
    command = [sys.executable, "manage.py", "send_mail", "--watch"]
    sender = subprocess.Popen(command, cwd=ROOT, env=os.environ | here | mail)
    monkeypatch.setattr(sink, "taken", sender.kill)
    assert sender.wait(timeout=60) == -signal.SIGKILL
    monkeypatch.undo()
    row.refresh_from_db()
    assert (len(sink.messages), row.tries, row.sent_at) == (1, 0, None)
    assert (one_pass(), one_pass(), len(sink.messages)) == (1, 0, 2)
