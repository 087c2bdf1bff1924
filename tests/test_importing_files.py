"""Files that hold a draft: what cannot be read is refused with its line, and line ends change nothing."""

from pathlib import Path

import pytest

from articles.importing.files import read_file
from articles.importing.imported import ImportRefused

SAMPLE = Path(__file__).parent / "samples" / "pasted_answer.txt"


@pytest.mark.parametrize(
    ("name", "data", "line", "words"),
    [
        ("a.txt", b"one\ntwo \xff", 2, "not UTF-8"),
        ("a.txt", b"one\n\ntwo\x00", 3, "U+0000"),
        ("a.md", b"one\r\ntwo\x07", 2, "U+0007"),
        ("a.docx", b"one", None, "neither a .md nor a .txt"),
        ("a.txt", b"a" * 2_000_001, None, "larger than 2 MB"),
    ],
)
def test_files_that_cannot_be_read(tmp_path: Path, name: str, data: bytes, line: int | None, words: str):
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(ImportRefused) as refusal:
        read_file(path)
    assert refusal.value.line == line
    assert words in refusal.value.reason
    assert str(refusal.value) == (f"line {line}: " if line else "") + refusal.value.reason


def test_a_missing_file_is_refused(tmp_path: Path):
    with pytest.raises(ImportRefused, match="cannot be read"):
        read_file(tmp_path / "none.txt")


def test_a_byte_order_mark_and_windows_line_ends_change_nothing(tmp_path: Path):
    path = tmp_path / "windows.TXT"
    path.write_bytes(b"\xef\xbb\xbf" + SAMPLE.read_bytes().replace(b"\n", b"\r\n"))
    assert read_file(path) == read_file(SAMPLE)
