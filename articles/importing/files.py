"""Reading a draft from a file on disk."""

from pathlib import Path

from .imported import LIMIT_BYTES, Imported, ImportRefused
from .markdown_file import from_markdown
from .pasted import from_pasted

READERS = {".md": from_markdown, ".txt": from_pasted}


def read_file(path: Path) -> Imported:
    """The draft in `path`: `.md` with front matter, `.txt` as pasted text. Raises `ImportRefused`."""
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        raise ImportRefused(
            f"“{path.name}” is neither a .md nor a .txt file. Save the draft as one of these and import again."
        )
    return reader(decode(_bytes(path)))


def decode(data: bytes) -> str:
    """The text of an uploaded file. Raises `ImportRefused` with the line of the first byte that is not UTF-8."""
    if len(data) > LIMIT_BYTES:
        raise ImportRefused("The file is larger than 2 MB. Split it, or leave out what is not part of the article.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        # The position counts from after a byte-order mark, which holds no line end.
        raise ImportRefused(
            "The file is not UTF-8 text here. Save it with the encoding UTF-8 and import again.",
            data.count(b"\n", 0, error.start) + 1,
        ) from error


def _bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(LIMIT_BYTES + 1)
    except OSError as error:
        raise ImportRefused(f"“{path.name}” cannot be read: {error.strerror or error}.") from error
