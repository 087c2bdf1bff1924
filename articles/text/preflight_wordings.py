"""Preflight's checks of the plain wording against the professional one (R118, R125)."""

from collections.abc import Iterator, Sequence

from .findings import WARNING, Finding
from .quantities import normal, quantities
from .readability import HIGHEST_GRADE, readability
from .units import Reading


def check_wordings(professional: Reading, plain: Reading) -> Iterator[Finding]:
    """What the two wordings do not have in common, and a plain one that is hard to read."""
    differs = _difference("Numbers", _quantities(professional), _quantities(plain))
    if differs:
        yield Finding("wordings-quantities", WARNING, "plain", f"{differs} Make them agree, or say why not.")
    differs = _difference("Citations", _keys(professional), _keys(plain))
    if differs:
        yield Finding("wordings-citations", WARNING, "plain", f"{differs} Make them agree, or say why not.")
    grades = readability(plain)
    if grades and grades.grade > HIGHEST_GRADE:
        message = (
            f"The plain wording reads at school grade {grades.grade} (ARI {grades.ari}, Coleman-Liau "
            f"{grades.coleman_liau}); aim for {HIGHEST_GRADE} with shorter sentences and words."
        )
        yield Finding("hard-to-read", WARNING, "plain", message)


def _quantities(reading: Reading) -> dict[str, str]:
    """The quantities of a wording, as first written, by their one spelling."""
    said: dict[str, str] = {}
    for unit in reading.units:
        for quantity in quantities(unit.text):
            said.setdefault(normal(quantity), quantity)
    return said


def _keys(reading: Reading) -> dict[str, str]:
    return {key: f"@{key}" for key in reading.keys}


def _difference(what: str, one: dict[str, str], other: dict[str, str]) -> str:
    """ "Numbers only for professionals: …; only in plain words: …." or nothing if both have the same."""
    sides = (
        ("only for professionals", [said for mark, said in one.items() if mark not in other]),
        ("only in plain words", [said for mark, said in other.items() if mark not in one]),
    )
    told = "; ".join(f"{where}: {_listed(said)}" for where, said in sides if said)
    return f"{what} {told}." if told else ""


def _listed(said: Sequence[str]) -> str:
    return ", ".join(said[:12]) + (f" and {len(said) - 12} more" if len(said) > 12 else "")
