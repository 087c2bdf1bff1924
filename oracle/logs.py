"""Logs: one JSON object a line on standard output, in UTC; never an address, an e-mail, a query, a cookie or a form."""

import logging
import re
import time
import uuid
from collections.abc import Callable
from contextvars import ContextVar
from types import TracebackType
from typing import Any

from django.http import HttpRequest, HttpResponse
from pythonjsonlogger.core import RESERVED_ATTRS
from pythonjsonlogger.json import JsonFormatter

log = logging.getLogger("oracle.requests")
request_id: ContextVar[str] = ContextVar("request_id", default="")
# What PostgreSQL tells of a row, `Key (email)=(…) already exists.`, up to the next part of the traceback.
DETAIL = re.compile(r"(?ms)^(DETAIL|CONTEXT|HINT):.*?(?=^(\n|[A-Z]+: |Traceback|The above|During )|\Z)")
MASKED = (
    # The key of a link that sets a password, wherever an address is told: whoever reads it may use the link.
    (re.compile(r"(/password/reset/key/[0-9A-Za-z]+-)[^\s/]+"), r"\1…"),
    # gunicorn's own lines: of what was no request it tells who sent it and quotes it, of a fault the whole address.
    (re.compile(r"(?s)^(Invalid request) from ip=.*"), r"\1"),
    (re.compile(r"(?s)^(Error handling request [^?]*)\?.*"), r"\1"),
)
OURS = ("method", "path", "status", "milliseconds", "account")
Raised = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class Line(JsonFormatter):
    """One record as JSON: time, level, logger, message, request, then what `requests` noted of it."""

    def __init__(self) -> None:
        # Libraries add what must not be kept, such as Django's request with its query.
        super().__init__(
            ["levelname", "name", "message"],
            timestamp="time",
            rename_fields={"levelname": "level", "name": "logger", "exc_info": "error"},
            reserved_attrs=RESERVED_ATTRS,
            json_ensure_ascii=False,
        )

    def process_log_record(self, log_data: dict[str, Any]) -> dict[str, Any]:
        """Keep our own fields alone, and mask what they may tell; the moment stands first."""
        kept = ("time", "level", "logger", "message", *OURS, "error")
        asked = request_id.get()
        found = {key: _masked(log_data[key]) for key in kept if key in log_data}
        return found | ({"request": asked} if asked else {})

    def formatException(self, ei: Raised) -> str:
        """The traceback without what PostgreSQL quotes of a row."""
        return DETAIL.sub("", str(super().formatException(ei)))


def requests(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Number each request, and log what came of it: refusals to people signed in as warnings, faults as errors."""

    def middleware(request: HttpRequest) -> HttpResponse:
        began, number = time.monotonic(), uuid.uuid4().hex
        token = request_id.set(number)
        try:
            response = get_response(request)
            # Only a person that a page asked for: reading the session here would cost each request a statement.
            account = getattr(getattr(request, "_cached_user", None), "pk", None)
            refused = response.status_code in (403, 404) and account
            level = logging.ERROR if response.status_code >= 500 else logging.WARNING if refused else logging.INFO
            noted: dict[str, Any] = {"method": request.method, "path": request.path, "status": response.status_code}
            noted["milliseconds"] = round((time.monotonic() - began) * 1000)
            log.log(level, "request", extra=noted | ({"account": account} if account else {}))
        finally:
            request_id.reset(token)
        response["X-Request-ID"] = number
        return response

    return middleware


def _masked(value: Any) -> Any:
    if isinstance(value, str):
        for pattern, shown in MASKED:
            value = pattern.sub(shown, value)
    return value


def config(*, as_json: bool) -> dict[str, Any]:
    """What `logging.config.dictConfig` takes: JSON lines where the site serves, plain ones for a developer."""
    console: dict[str, Any] = {"class": "logging.StreamHandler"}
    loggers: dict[str, Any] = {"gunicorn.error": {"level": "INFO", "handlers": [], "propagate": True}}
    # It would log each passkey's own number.
    loggers["fido2"] = {"level": "WARNING"}
    if as_json:
        console |= {"stream": "ext://sys.stdout", "formatter": "json"}
        # `oracle.requests` says of every 4xx what Django would, and by whom.
        loggers |= {"django.request": {"level": "ERROR"}, "django": {"handlers": [], "propagate": True}}
        loggers["django.security.DisallowedHost"] = {"level": "CRITICAL"}
    else:
        loggers["oracle.requests"] = {"level": "CRITICAL"}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": "oracle.logs.Line"}},
        "handlers": {"console": console},
        "root": {"handlers": ["console"], "level": "INFO"},
        "loggers": loggers,
    }
