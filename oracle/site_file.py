"""The site's own file of settings, `site.env`: made by `manage.py setup`, edited by hand afterwards.

One KEY="value" a line. A backslash keeps the signs \\ " $ ` as they are, so that systemd (EnvironmentFile=), a shell
and compose read the same values as this module.
"""

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

NAME = "site.env"
LINE = re.compile(r'([A-Z][A-Z0-9_]*)=(?:"((?:[^"\\]|\\.)*)"|([^"\'\\$`\s]*))\s*')
HEAD = "# The settings of this site. The environment stands above them; docs/settings.md has the table.\n"


def read(path: Path) -> dict[str, str]:
    """The settings of a file; none where there is no file. A line that is not KEY="value" is refused."""
    try:
        text = path.read_text("utf-8")
    except FileNotFoundError:
        return {}
    except PermissionError as error:
        raise ImproperlyConfigured(
            f"{path} is not readable for this account: run as the account that made it."
        ) from error
    return parse(text, str(path))


def parse(text: str, name: str = NAME) -> dict[str, str]:
    """The settings that a file's text holds."""
    found: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        matched = LINE.fullmatch(line)
        if matched is None:
            raise ImproperlyConfigured(f'{name}, line {number}: write it as KEY="value".')
        key, quoted, plain = matched.groups()
        found[key] = plain if quoted is None else re.sub(r"\\(.)", r"\1", quoted)
    return found


def text_of(values: Mapping[str, str]) -> str:
    """The file's text; a value is one line."""
    return HEAD + "".join(f'{key}="{_escaped(value)}"\n' for key, value in values.items())


def _escaped(value: str) -> str:
    if not value.isprintable():
        raise ValueError(f"{value!r} has signs that cannot stand in {NAME}.")
    return re.sub(r'([\\"$`])', r"\\\1", value)


@contextmanager
def made(path: Path, text: str) -> Iterator[None]:
    """Make the file, readable for its owner alone; it is taken away again if the block fails.

    Raises FileExistsError where there is one.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
    try:
        yield
    except BaseException:
        path.unlink()
        raise
