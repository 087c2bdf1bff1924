"""The dose linter (R122): ten ways of writing a dose that have led to wrong doses."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from .findings import WARNING, Finding, around

_AMOUNT = r"(?:kg|mg|[µμ]g|mcg|ng|g|micrograms?|milligrams?|grams?|m[lL]|[lL]|units?|mmol|mEq)(?![\w²/])"
_GIVEN = r"(?:kg|mg|[µμ]g|mcg|ng|g|micrograms?|milligrams?|grams?|m[lL]|units?|mmol|mEq|IU|U)(?![\w²])"
_CODE = re.compile(r"`[^`\n]{0,500}`|\[@[^\]\n]{0,500}\]|\]\([^)\n]{0,500}\)|<?https?://\S+")


@dataclass(frozen=True)
class _Notation:
    rule: str
    pattern: re.Pattern[str]
    message: str


NOTATIONS = (
    _Notation(
        "dose-trailing-zero",
        re.compile(rf"(?<![\d.,])\d+\.(?:0+|\d*[1-9]0+)(?=[\s-]?{_AMOUNT})"),
        "“{0}” ends in a zero after the point, which is read as ten times as much; leave the zero out.",
    ),
    _Notation(
        "dose-naked-decimal",
        re.compile(rf"(?<![\d\w.])\.\d+(?=[\s-]?{_GIVEN})"),
        "“{0}” begins with a point, which is easily missed; write 0{0}.",
    ),
    _Notation(
        "dose-unit-u",
        re.compile(r"(?<![\w.,])\d[\d,.]{0,15}\s?U(?![\w])"),
        "“{0}”: U is read as 0 or 4; write “units”.",
    ),
    _Notation(
        "dose-unit-iu",
        re.compile(r"(?<![\w.,])\d[\d,.]{0,15}\s?(?:IU|I\.U\.)(?![\w])"),
        "“{0}”: IU is read as IV or 10; write “units” or “international units”.",
    ),
    _Notation(
        "dose-microgram-sign",
        re.compile(r"(?<![\w.,])\d[\d,.]{0,15}\s?[µμ]g(?!\w)"),
        "“{0}”: µg is read as mg; write “micrograms” or “mcg”.",
    ),
    _Notation(
        "dose-cc",
        re.compile(r"(?<![\w.,])\d[\d,.]{0,15}\s?(?:cc|CC)(?!\w)"),
        "“{0}”: cc is read as units; write “mL”.",
    ),
    _Notation(
        "dose-qd",
        re.compile(r"(?<![\w.])(?:QD|Q\.D\.|qd|q\.d\.)(?!\w)"),
        "“{0}” is read as four times a day; write “once a day”.",
    ),
    _Notation(
        "dose-qod",
        re.compile(r"(?<![\w.])(?:QOD|Q\.O\.D\.|qod|q\.o\.d\.)(?!\w)"),
        "“{0}” is read as every day or four times a day; write “every other day”.",
    ),
    _Notation(
        "dose-no-space",
        re.compile(rf"(?<![\w.,])\d[\d,.]{{0,15}}{_GIVEN}"),
        "“{0}” has no space between number and unit, so the unit is read as digits; put one in.",
    ),
    _Notation(
        "dose-thousands",
        re.compile(rf"(?<![\d.,])\d{{4,}}(?:\.\d+)?(?=[\s-]?{_GIVEN})"),
        "“{0}” has four digits or more without a separator; write it as {1}.",
    ),
)


def lint_doses(text: str, field: str) -> Iterator[Finding]:
    """A warning for each risky notation in a text; code, citations and addresses are left alone."""
    bare = _CODE.sub(lambda found: " " * len(found[0]), text)
    for notation in NOTATIONS:
        for found in notation.pattern.finditer(bare):
            message = notation.message.format(found[0], _separated(found[0]))
            excerpt = around(text, found.start(), found.end())
            yield Finding(notation.rule, WARNING, field, message, excerpt, found.start())


def _separated(number: str) -> str:
    whole, point, rest = number.partition(".")
    return f"{int(whole):,}{point}{rest}" if whole.isdecimal() and len(whole) < 20 else number
