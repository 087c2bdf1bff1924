"""A real server: how soon it answers, and how much memory a worker takes after the heaviest pages."""

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
from django.urls import reverse

from articles.models import Article

from .load import LONG, VERSIONS
from .measure import Line, at_most
from .place import LARGE, serving
from .site import sign_in

ROOT = Path(__file__).resolve().parent.parent.parent
PATIENCE = 60


def workers(repeats: int) -> Iterator[Line]:
    """Start gunicorn with one worker on the large database, and visit every heavy page some times."""
    with serving(LARGE):
        cookie = sign_in("Erin Everyrole")
        addresses = _heavy()
    with _gunicorn() as (process, port, took):
        yield Line("start to the first page", f"{took:.1f} s")
        for _ in range(max(2, repeats // 4)):
            for address in addresses:
                _visit(port, address, cookie)
                _visit(port, address, "")
        (worker,) = psutil.Process(process.pid).children()
        yield at_most("memory of a worker", worker.memory_info().rss / 2**20, 100, " MiB")


def _heavy() -> list[str]:
    public = list(Article.objects.filter(state="approved").order_by("id").values_list("slug", flat=True)[:100])
    many = next(slug for slug, entries in LONG.items() if entries == max(LONG.values()))
    story = Article.objects.get(slug=many).pk
    return [
        *(reverse("article", args=[slug]) for slug in public),
        reverse("home"),
        reverse("to_do"),
        reverse("articles"),
        reverse("timeline"),
        reverse("story", args=[story]),
        reverse("record", args=[VERSIONS]),
        reverse("compare", args=[VERSIONS, 1, 2]),
    ]


@contextmanager
def _gunicorn() -> Iterator[tuple[subprocess.Popen[bytes], int, float]]:
    """A server of one worker, its port, and the seconds from its start to its first page."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = {"DJANGO_SETTINGS_MODULE": "tests.benchmarks.settings", "BENCHMARK_DATABASE": LARGE}
    command = [sys.executable, "-m", "gunicorn", "oracle.wsgi", "--workers=1", f"--bind=127.0.0.1:{port}"]
    began = time.perf_counter()
    process = subprocess.Popen([*command, "--log-level=warning"], cwd=ROOT, env=os.environ | settings)
    try:
        _await_first_page(port, began)
        yield process, port, time.perf_counter() - began
    finally:
        process.terminate()
        process.wait()


def _await_first_page(port: int, began: float) -> None:
    while time.perf_counter() - began < PATIENCE:
        try:
            return _visit(port, "/", "")
        except ConnectionError:
            time.sleep(0.02)
    raise RuntimeError("The server did not answer.")


def _visit(port: int, address: str, cookie: str) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        connection.request("GET", address, headers={"Cookie": cookie} if cookie else {})
        response = connection.getresponse()
        response.read()
        if response.status not in (200, 302):
            raise RuntimeError(f"{address} answered {response.status}")
    finally:
        connection.close()
