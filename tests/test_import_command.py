"""`manage.py import_articles`: a line per file, a summary, and one bad file stops nothing else."""

import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from articles.models import Article, Risk
from articles.text.risks import RISKS
from oracle.accounts.models import User

GOOD = "---\nquestion: May drug {0} be given in asthma?\n---\nIt was given to 5 people [1].\n"


def run(*paths: Path, editor: str) -> tuple[list[str], str, int]:
    """The lines printed, the closing sentence of a failure, and the exit code."""
    out, err = io.StringIO(), io.StringIO()
    try:
        call_command("import_articles", *map(str, paths), editor=editor, stdout=out, stderr=err)
    except CommandError as error:
        return out.getvalue().splitlines(), str(error), error.returncode
    return out.getvalue().splitlines(), "", 0


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "b.md").write_text(GOOD.format("B"))
    (tmp_path / "a.md").write_text("---\nquestion: May drug A be given?\nrisk: enormous\n---\ntext\n")
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "c.txt").write_text("May drug C be given?\n\nYes, at 5 mg.\n")
    (tmp_path / "notes.pdf").write_text("left alone in a folder")
    return tmp_path


def test_good_files_come_in_and_the_bad_one_is_named_with_its_line(folder: Path, editor: User) -> None:
    lines, sentence, code = run(folder, editor=editor.email)
    notes = [line.strip() for line in lines if line.startswith("    ")]
    assert notes[0] == "- No reference in the list stands for [1]."
    assert "- No list of references was found." in notes
    assert [line for line in lines if not line.startswith("    ")] == [
        f"failed     {folder}/a.md: line 3: “risk” is standard or high, not “enormous”.",
        f"imported   {folder}/b.md: may-drug-b-be-given-in-asthma, 1 number to match",
        f"imported   {folder}/deep/c.txt: may-drug-c-be-given",
        "3 files: 2 imported, 0 unchanged, 1 failed.",
    ]
    assert (sentence, code) == ("1 of 3 files could not be imported.", 1)
    assert Article.objects.count() == 2
    for article in Article.objects.all():
        assert article.contributor_ids() == {editor.pk}


def test_the_same_files_again_are_unchanged_and_a_changed_one_is_a_named_failure(folder: Path, editor: User) -> None:
    (folder / "a.md").unlink()
    assert run(folder, editor=editor.email)[2] == 0
    (folder / "b.md").write_text(GOOD.format("B").replace("5 people", "6 people"))
    lines, _, code = run(folder, editor=editor.email)
    assert lines == [
        f"failed     {folder}/b.md: The article “may-drug-b-be-given-in-asthma” exists already, with another text. "
        "Nothing was overwritten: edit that article, or give this draft an address (slug) of its own.",
        f"unchanged  {folder}/deep/c.txt: may-drug-c-be-given",
        "2 files: 0 imported, 1 unchanged, 1 failed.",
    ]
    assert code == 1
    assert not Article.objects.filter(current_version__professional__contains="6 people").exists()


def test_a_file_named_by_hand_must_exist_and_be_readable(folder: Path, editor: User) -> None:
    lines, _, code = run(folder / "gone.md", folder / "notes.pdf", folder / "b.md", editor=editor.email.upper())
    assert [line.split()[0] for line in lines] == ["failed", "failed", "imported", "-", "3"]
    assert "cannot be read" in lines[0]
    assert "neither a .md nor a .txt file" in lines[1]
    assert code == 1


def test_a_blank_file_is_a_named_failure(tmp_path: Path, editor: User) -> None:
    (tmp_path / "blank.txt").write_text(" \n\t\n")
    lines, _, code = run(tmp_path, editor=editor.email)
    assert "There is no text in this draft." in lines[0]
    assert (code, Article.objects.count()) == (1, 0)


def test_it_needs_an_active_editor(folder: Path, editor: User, chair: User) -> None:
    for email in ("nobody@example.org", chair.email):
        lines, sentence, code = run(folder, editor=email)
        assert (lines, code) == ([], 1)
        assert sentence == f"{email} is not the address of an active editor."
    assert not Article.objects.exists()


def test_a_file_may_name_every_risk_that_an_article_has() -> None:
    assert tuple(Risk.values) == RISKS
