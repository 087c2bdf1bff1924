"""A kept manifest against the one of a living database, in words."""

from collections.abc import Iterator
from dataclasses import dataclass

from .manifest import Manifest

SHOWN = 10


@dataclass(frozen=True)
class Compared:
    """One line of the comparison."""

    words: str
    same: bool


def compared(kept: Manifest, live: Manifest) -> Iterator[Compared]:
    """Each table by itself, every other section as one line with its first differences."""
    for table in sorted(kept["tables"].keys() | live["tables"].keys()):
        yield _table(table, kept["tables"].get(table), live["tables"].get(table))
    for section in [section for section in kept if section != "tables"]:
        yield from _section(section, kept[section], live.get(section, {}))


def _table(name: str, kept: str | None, live: str | None) -> Compared:
    if kept is None or live is None:
        return Compared(f"{name}: {'not in the backup' if kept is None else 'missing here'}", same=False)
    rows, here = kept.partition(", ")[0], live.partition(", ")[0]
    if rows != here:
        return Compared(f"{name}: {rows} in the backup, {here} here", same=False)
    return Compared(f"{name}: {rows}, {'same' if kept == live else 'OTHER'} content", kept == live)


def _section(name: str, kept: dict[str, str], live: dict[str, str]) -> Iterator[Compared]:
    faults = [fault for key in sorted(kept.keys() | live.keys()) if (fault := _fault(name, key, kept, live))]
    if not faults:
        yield Compared(f"{len(kept)} {name}, same{' or further on' if name == 'sequences' else ''}", same=True)
        return
    yield Compared(f"{len(kept)} {name}: {len(faults)} not the same", same=False)
    yield from (Compared(f"    {fault}", same=False) for fault in faults[:SHOWN])


def _fault(section: str, key: str, kept: dict[str, str], live: dict[str, str]) -> str:
    if key not in live:
        return f"{key} is missing here"
    if key not in kept:
        return f"{key} is not in the backup"
    if section == "sequences":
        return "" if int(live[key]) >= int(kept[key]) else f"{key} stands at {live[key]}, in the backup at {kept[key]}"
    return "" if live[key] == kept[key] else f"{key} is “{live[key]}”, in the backup “{kept[key]}”"
