"""The site as a server's worker calls it: through WSGI, with the whole middleware, in this process."""

import io
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore

from oracle.accounts.models import User


@dataclass
class Answer:
    """What the site answered."""

    status: int
    headers: dict[str, str]
    body: bytes = field(repr=False)


def get(path: str, *, cookie: str = "", etag: str = "") -> Answer:
    """One GET; raises for anything but 200 and 304."""
    from oracle.wsgi import application

    found: dict[str, Any] = {}

    def start(status: str, headers: list[tuple[str, str]], *_: Any) -> None:
        found.update(status=int(status[:3]), headers=dict(headers))

    response: Any = application(_environ(path, cookie, etag), start)
    body = b"".join(response)
    response.close()
    answer = Answer(found["status"], found["headers"], body)
    if answer.status not in (200, 304):
        raise RuntimeError(f"{path} answered {answer.status}")
    return answer


def _environ(path: str, cookie: str, etag: str) -> dict[str, Any]:
    path, _, query = path.partition("?")
    environ = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    return environ | ({"HTTP_COOKIE": cookie} if cookie else {}) | ({"HTTP_IF_NONE_MATCH": etag} if etag else {})


def sign_in(name: str) -> str:
    """The cookie of a session of the person with this name."""
    user = User.objects.get(name=name)
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "oracle.accounts.backend.AccountBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"
