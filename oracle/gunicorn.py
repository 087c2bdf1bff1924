"""How gunicorn serves: `gunicorn -c python:oracle.gunicorn oracle.wsgi`; where it listens is said with `--bind`."""

from pathlib import Path
from typing import Any

from oracle import logs
from oracle.settings import environ

worker_class = "gthread"
workers = int(environ.get("WEB_CONCURRENCY", "2"))
threads = int(environ.get("WEB_THREADS", "4"))
# Loaded once and shared by the workers; nothing connects to the database before the fork.
preload_app = True
control_socket_disable = True
timeout = 30
graceful_timeout = 30
# Longer than the 60 seconds for which a proxy usually keeps a connection open.
keepalive = 75
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108
# Who is believed about addresses and HTTPS is said in one place, TRUSTED_PROXIES.
secure_scheme_headers: dict[str, str] = {}
forwarder_headers = ""
# No access log, which would keep readers' addresses; oracle.logs writes a line for each request.
accesslog = None
logconfig_dict = logs.config(as_json=True)


def when_ready(server: Any) -> None:
    """Before the first worker begins, import every view, so that no first reader waits for it."""
    from django.urls import get_resolver

    _ = get_resolver().url_patterns
