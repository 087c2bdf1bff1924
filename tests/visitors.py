"""People at a site that may die at any moment: their browsers, and a notebook of what they were told.

A browser loads a page again until it comes. A form is sent again, with new words, after no answer or a 503. Every
sending is a deed, whose words stand nowhere else, so that afterwards the record tells which of them were done.
"""

import html
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.client import HTTPException, HTTPMessage
from http.cookiejar import CookieJar
from typing import IO, Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, HTTPRedirectHandler, Request, build_opener

from .cast import PASSWORD

NO_ANSWER, AWAY = 0, 503
PATIENCE = 120  # seconds for which a person tries the same again, on a busy machine
PAUSE = 0.2  # seconds before that
LETTERS = "bcdfghkmpqrtvwxz"  # no word of these is a dose, a unit or a warning


class Enough(Exception):
    """So many requests were made; the visitor goes home."""


@dataclass(frozen=True)
class Asked:
    """One request: when it began and ended (monotonic), and its status, 0 for no answer."""

    method: str
    path: str
    began: float
    ended: float
    status: int


@dataclass(frozen=True)
class Deed:
    """Something sent. `count`, an SQL query with `values`, gives 1 where the record has it and else 0."""

    what: str
    count: str
    values: tuple[Any, ...]
    acknowledged: bool


@dataclass
class Notebook:
    """What all visitors saw; they write in it at the same time."""

    most: int
    asked: list[Asked] = field(default_factory=list)
    deeds: list[Deed] = field(default_factory=list)
    strange: list[str] = field(default_factory=list)
    slugs: list[str] = field(default_factory=list)
    sending: int = 0
    words: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def word(self) -> str:
        """A word that nobody has used."""
        with self.lock:
            self.words += 1
            number = self.words
        return "kw" + "".join(LETTERS[(number >> shift) % 16] for shift in (12, 8, 4, 0)) + "j"

    def count_sending(self, change: int) -> None:
        """A form is on its way, or its answer has come."""
        with self.lock:
            self.sending += change

    def stop_if_enough(self) -> None:
        """End the visit once `most` requests were made."""
        if len(self.asked) >= self.most:
            raise Enough


@dataclass(frozen=True)
class Page:
    """An answer."""

    status: int
    body: str = ""
    location: str = ""

    @property
    def came(self) -> bool:
        """Was there an answer that is one?"""
        return self.status not in (NO_ANSWER, AWAY)

    def value(self, name: str) -> str:
        """The value of a hidden field, or "" without one."""
        found = re.search(rf'<input type="hidden" name="{name}" value="([^"]*)"', self.body)
        return html.unescape(found[1]) if found else ""

    def text(self, name: str) -> str:
        """What stands in a field of several lines."""
        found = re.search(rf'<textarea[^>]* name="{name}"[^>]*>\r?\n?(.*?)</textarea>|$', self.body, re.DOTALL)
        return html.unescape(found[1] or "") if found else ""


class _Stay(HTTPRedirectHandler):
    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> None:
        """Redirections are answers, which a story reads."""


class Browser:
    """One person's browser, with its cookies; everybody else's are closed to it."""

    def __init__(self, port: int, notebook: Notebook, email: str = "") -> None:
        self.place, self.notebook, self.email = f"http://127.0.0.1:{port}", notebook, email
        self.opener = build_opener(HTTPCookieProcessor(CookieJar()), _Stay())
        self.token = ""

    def look(self, path: str, *, expected: tuple[int, ...] = (200,)) -> Page:
        """A page, loaded again until it comes."""
        self.notebook.stop_if_enough()
        page = self._until_it_comes(lambda: self.ask("GET", path))
        if page.status not in expected:
            self.notebook.strange.append(f"GET {path}: {page.status} {page.location}")
            raise Enough
        self.token = page.value("csrfmiddlewaretoken") or self.token
        return page

    def do(self, what: str, attempt: "Attempt", count: str, *values: Any) -> Page:
        """Send a form until there is an answer, with new words each time; a note of every sending.

        A refusal is believed only where an earlier sending had no answer: that one may have been done. `count` has
        the word in its first place, then `values`.
        """
        end, tries = time.monotonic() + PATIENCE, 0
        while time.monotonic() < end:
            self.notebook.stop_if_enough()
            word = self.notebook.word()
            path, form = attempt(word)
            page = self.ask("POST", path, form)
            done = page.status == 302 and not page.location.startswith("/accounts/login/")
            self.notebook.deeds.append(Deed(f"{what} {word}", count, (word, *values), done))
            if done or (page.came and tries and page.status == 409):
                return page
            if page.came:
                self.notebook.strange.append(f"{what}, {path}: {page.status} {page.location} {said(page)}")
                raise Enough
            tries += 1
            time.sleep(PAUSE)
        raise TimeoutError(f"{what}: no answer for {PATIENCE} seconds.")

    def sign_in(self) -> "Browser":
        """By the sign-in page, as people do."""

        def attempt() -> Page:
            self.look("/accounts/login/")
            return self.ask("POST", "/accounts/login/", {"login": self.email, "password": PASSWORD})

        page = self._until_it_comes(attempt)
        if page.status != 302:
            self.notebook.strange.append(f"sign-in of {self.email}: {page.status} {said(page)}")
            raise Enough
        self.look("/accounts/password/change/")  # a page with a form: the session has a new token
        return self

    def ask(self, method: str, path: str, form: dict[str, Any] | None = None) -> Page:
        """One request."""
        data = urlencode({"csrfmiddlewaretoken": self.token} | form, doseq=True).encode() if form is not None else None
        self.notebook.count_sending(data is not None)
        began = time.monotonic()
        page = self._open(Request(self.place + path, data=data, method=method))
        self.notebook.asked.append(Asked(method, path, began, time.monotonic(), page.status))
        self.notebook.count_sending(-(data is not None))
        return page

    def _open(self, request: Request) -> Page:
        try:
            with self.opener.open(request, timeout=PATIENCE) as answer:
                return Page(answer.status, answer.read().decode())
        except HTTPError as answer:
            with answer:
                location = answer.headers.get("Location", "")
                try:
                    return Page(answer.code, answer.read().decode(), location)
                except (OSError, HTTPException):
                    return Page(NO_ANSWER)
        except (OSError, HTTPException):
            return Page(NO_ANSWER)

    @staticmethod
    def _until_it_comes(attempt: Callable[[], Page]) -> Page:
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            page = attempt()
            if page.came:
                return page
            time.sleep(PAUSE)
        raise TimeoutError(f"No answer for {PATIENCE} seconds.")


Attempt = Callable[[str], tuple[str, dict[str, Any]]]


def said(page: Page) -> str:
    """The words of a page, for the report of a failure."""
    main = page.body.split("<main", 1)[-1]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())[:300]
