"""The browser that the tests drive: an installed Chromium or Chrome, else Playwright's own.

`python -m tests.browser.chromium` exits 0 where one is found, and says which.
"""

import os
import shutil
import subprocess
import sys
from typing import Any

NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"]
MAC = [
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
]
ARGUMENTS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def launch_options() -> dict[str, Any]:
    """Keywords for `playwright.chromium.launch`; without `executable_path` Playwright takes its own browser."""
    as_root = hasattr(os, "geteuid") and os.geteuid() == 0
    options: dict[str, Any] = {"args": [*ARGUMENTS, *(["--no-sandbox"] if as_root else [])]}
    found = installed()
    return options | ({"executable_path": found} if found else {})


def installed() -> str | None:
    """The path of a browser on this machine, if there is one that starts."""
    on_path = (shutil.which(name) for name in NAMES)
    return next((path for path in [*on_path, *MAC] if path and _starts(path)), None)


def playwrights_own() -> str | None:
    """The path of the browser that `python -m playwright install chromium` fetched, if it did and it starts."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if _starts(path) else None


def _starts(path: str) -> bool:
    try:
        return subprocess.run([path, "--version"], check=False, capture_output=True, timeout=60).returncode == 0
    except OSError:
        return False


if __name__ == "__main__":
    browser = installed() or playwrights_own()
    sys.stdout.write(f"Browser: {browser or 'none yet'}\n")
    sys.exit(0 if browser else 1)
