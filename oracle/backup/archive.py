"""The backup's file: a tar, for its owner's eyes alone, of the dump, its manifest and the site's file of settings."""

import json
import os
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from django.conf import settings
from django.db import connection, transaction

from oracle import clock, site_file
from oracle.refusals import Refusal

from . import programs
from .manifest import Manifest, one_moment, read

DUMP, MANIFEST = "database.dump", "manifest.json"


@dataclass(frozen=True)
class About:
    """What is known of a backup: when it was made, by which major versions, and the database's manifest."""

    made: str
    server: int
    program: int
    database: Manifest


def make(path: Path) -> About:
    """Write the whole site, as it is at one moment, to a new file."""
    if path.exists():
        raise Refusal(f"{path} is there already; name another file.")
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with TemporaryDirectory(dir=path.parent, prefix=".unfinished-") as folder:
        about = _dump(Path(folder))
        packed = Path(folder) / "packed"
        with os.fdopen(os.open(packed, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            with tarfile.open(fileobj=file, mode="w") as tar:
                for member, name in _members(Path(folder)):
                    tar.add(member, arcname=name)
            os.fsync(file.fileno())
        packed.rename(path)
    return about


def _dump(folder: Path) -> About:
    if programs.major("pg_dump") < programs.server_major():
        raise Refusal(
            f"pg_dump has version {programs.major('pg_dump')}, the server {programs.server_major()}: "
            "install the client programs of the server's version."
        )
    with transaction.atomic(), connection.cursor() as cursor:
        one_moment(cursor)
        cursor.execute("SELECT pg_export_snapshot()")
        (snapshot,) = cursor.fetchone()
        about = About(clock.now().isoformat(), programs.server_major(), programs.major("pg_dump"), read(cursor))
        (folder / MANIFEST).write_text(json.dumps(asdict(about), indent=1), "utf-8")
        whole = ("--format=custom", "--no-owner", "--no-privileges")
        programs.run("pg_dump", *whole, f"--snapshot={snapshot}", f"--file={folder / DUMP}")
    return about


def _members(folder: Path) -> Iterator[tuple[Path, str]]:
    yield from ((folder / name, name) for name in (MANIFEST, DUMP))
    if Path(settings.SITE_FILE).is_file():
        yield Path(settings.SITE_FILE), site_file.NAME


@contextmanager
def opened(path: Path) -> Iterator[tuple[About, tarfile.TarFile]]:
    """A backup's manifest, and the tar to take its members from."""
    try:
        tar = tarfile.open(path)  # noqa: SIM115
        about = About(**json.loads(text(tar, MANIFEST) or ""))
    except FileNotFoundError:
        raise Refusal(f"{path} is not there.") from None
    except (tarfile.TarError, ValueError, TypeError, OSError) as error:
        raise Refusal(f"{path} is not a backup of this product, or is damaged: {error}") from error
    with tar:
        yield about, tar


def text(tar: tarfile.TarFile, name: str) -> str | None:
    """A member's text, if there is such a member."""
    try:
        member = tar.extractfile(name)
    except KeyError:
        return None
    return member.read().decode("utf-8") if member else None
