"""The operating-system account that runs the server: one's own, or as root an unprivileged one.

PostgreSQL refuses to run as root. As root it runs as the owner of its data directory, which is, for a new
directory, a system user made for it. Directories above stay as they are: where that account may not pass through
them, the server gets the one capability to pass (`CAP_DAC_READ_SEARCH`, read and search, no write) instead.
"""

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

NAME = "oracle-postgres"
ENVIRONMENT = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C", "TZ": "UTC"}


@dataclass(frozen=True)
class Account:
    """Whose the files are and who runs the programs; `change` is true where that is not ourselves."""

    uid: int
    gid: int
    change: bool

    def own(self, path: Path) -> None:
        """Give a file that we made to the account."""
        if self.change:
            os.chown(path, self.uid, self.gid)

    def run(self, command: list[str], directory: Path) -> "subprocess.CompletedProcess[str]":
        """Run a program of the server as the account; its output is in `stdout`."""
        if self.change and not self._reaches(command[0], directory):
            return _call([*self._with_passage(), *command])
        return _call(command, self)

    def _reaches(self, program: str, directory: Path) -> bool:
        probe = ["sh", "-c", '"$0" --version && test -w "$1"', program, str(directory)]
        return _call(probe, self).returncode == 0

    def _with_passage(self) -> list[str]:
        # Without no_setuid_fixup access(2), by which initdb looks for its programs, ignores the capability.
        prefix = [
            "setpriv",
            f"--reuid={self.uid}",
            f"--regid={self.gid}",
            "--clear-groups",
            "--securebits=+no_setuid_fixup",
            "--inh-caps=+dac_read_search",
            "--ambient-caps=+dac_read_search",
        ]
        if not shutil.which("setpriv") or _call([*prefix, "true"]).returncode:
            raise ImproperlyConfigured(
                "As root the database runs as an unprivileged account, which may not pass through the directories "
                "above the data or above the virtual environment. Move both to where others may pass (not below "
                "/root), set ORACLE_DATA_DIR, or do not run as root."
            )
        return prefix


def _call(command: list[str], account: Account | None = None) -> "subprocess.CompletedProcess[str]":
    change = account is not None and account.change
    return subprocess.run(
        command,
        check=False,
        cwd="/",
        env=ENVIRONMENT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        user=account.uid if change and account else None,
        group=account.gid if change and account else None,
        extra_groups=[] if change else None,
    )


def account_for(directory: Path) -> Account:
    """The account for a data directory that exists; as root a new directory is given to the system user."""
    status = directory.stat()
    if os.geteuid() != 0:
        if status.st_uid != os.geteuid():
            raise ImproperlyConfigured(not_ours(directory))
        return Account(status.st_uid, status.st_gid, change=False)
    if status.st_uid == 0:
        user = _system_user()
        os.chown(directory, user.pw_uid, user.pw_gid)
        return Account(user.pw_uid, user.pw_gid, change=True)
    return Account(status.st_uid, status.st_gid, change=True)


def not_ours(directory: Path) -> str:
    """The sentence for a directory that somebody else made, root perhaps."""
    return f"{directory} belongs to another account: run as that account, or set ORACLE_DATA_DIR to one of your own."


def _system_user() -> pwd.struct_passwd:
    if not _exists():
        made = _call(
            ["useradd", "--system", "--no-create-home", "--home-dir", "/nonexistent", "--shell", "/bin/false", NAME]
        )
        if not _exists():
            raise ImproperlyConfigured(
                f"PostgreSQL does not run as root, and the account {NAME} could not be made: {made.stdout.strip()}. "
                "Make it by hand, or do not run as root."
            )
    return pwd.getpwnam(NAME)


def _exists() -> bool:
    return any(entry.pw_name == NAME for entry in pwd.getpwall())
