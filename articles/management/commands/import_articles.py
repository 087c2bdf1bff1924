"""`manage.py import_articles --editor EMAIL PATH...`: drafts from files, each an article of its own."""

from collections import Counter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from articles import drafts
from articles.importing.files import READERS, read_file
from articles.importing.imported import ImportRefused
from oracle.accounts.models import User
from oracle.refusals import Refusal


class Command(BaseCommand):
    """Import drafts; a bad file is named with its line and stops nothing else."""

    help = "Import drafts from .md and .txt files, or folders of them. The same file again changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        """Who imports, and what."""
        parser.add_argument("--editor", required=True, metavar="EMAIL", help="the editor in whose name it is done")
        parser.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="a .md or .txt file, or a folder")

    def handle(self, *args: Any, **options: Any) -> None:
        """Read each file in turn; exit 1 if any failed."""
        editor = _editor(options["editor"])
        files = _files(options["paths"])
        done: Counter[str] = Counter()
        for path in tqdm(files, desc="Importing", unit="file", file=self.stderr, disable=None):
            what, line, notes = _import(path, editor)
            done[what] += 1
            with tqdm.external_write_mode():
                self.stdout.write(f"{what:<10} {path}{line}")
                for note in notes:
                    self.stdout.write(f"{'':<10} - {note}")
        counts = ", ".join(f"{done[what]} {what}" for what in ("imported", "unchanged", "failed"))
        self.stdout.write(f"{len(files)} files: {counts}.")
        if done["failed"]:
            raise CommandError(f"{done['failed']} of {len(files)} files could not be imported.", returncode=1)


def _editor(email: str) -> User:
    user = User.objects.filter(email__iexact=email).first()
    if user is None or not user.has_role("editor"):
        raise CommandError(f"{email} is not the address of an active editor.")
    return user


def _files(paths: list[Path]) -> list[Path]:
    """The files named, and those of the folders named, in order, each once."""
    found: list[Path] = []
    for path in paths:
        inside = (file for file in path.rglob("*") if file.suffix.lower() in READERS and file.is_file())
        found += sorted(inside) if path.is_dir() else [path]
    return list(dict.fromkeys(found))


def _import(path: Path, editor: User) -> tuple[str, str, list[str]]:
    """What became of one file: a word, the rest of its line, and what was dropped or guessed."""
    try:
        outcome = drafts.import_draft(read_file(path), by=editor)
    except (ImportRefused, Refusal) as refused:
        return "failed", f": {refused}", []
    unmatched = len(outcome.article.current_version.proposals) if outcome.article.current_version else 0
    numbers = "1 number" if unmatched == 1 else f"{unmatched} numbers"
    left = f", {numbers} to match" if outcome.created and unmatched else ""
    word, notes = ("imported", outcome.notes) if outcome.created else ("unchanged", [])
    return word, f": {outcome.article.slug}{left}", notes
