"""Names of authors as people type them."""

import re

_INITIALS = r"[^\W\d_a-z](?:[-. ]{0,2}[^\W\d_a-z]){0,3}\.?"
_VANCOUVER = re.compile(rf"((?:[^\W\d_][\w'’-]*\s){{1,4}})({_INITIALS})")
_OTHERS = re.compile(r"(?i)(.+?),?\s+(et\s+al\.?|and others)")

Name = dict[str, str]


def person(text: str) -> Name:
    """`Deen J` and `Deen, Jane` as family and given name; anything else stays whole, as an organisation's name does."""
    text = " ".join(text.split())
    match = _VANCOUVER.fullmatch(text)
    if match:
        return {"family": match[1].strip(), "given": match[2]}
    family, comma, given = (part.strip() for part in text.partition(","))
    if comma and family and given and "," not in given:
        return {"family": family, "given": given}
    return {"literal": text}


def persons(text: str) -> list[Name]:
    """A line of names: separated by semicolons, or by commas where each is a family name with initials."""
    if ";" in text:
        return [person(part) for part in text.split(";") if part.strip()]
    return vancouver(text) or ([person(text)] if text.strip() else [])


def vancouver(text: str) -> list[Name] | None:
    """The names in `Deen J, Schaider H, et al.`; None where the text is not such a list."""
    match = _OTHERS.fullmatch(text.strip())
    named, others = (match[1], match[2]) if match else (text.strip(), "")
    if others and re.fullmatch(r"[^\W\d_][\w'’-]+", named):
        return [{"family": named}, {"literal": others}]
    names = [_VANCOUVER.fullmatch(part.strip()) for part in named.removesuffix(".").split(",")]
    if not all(names):
        return None
    return [{"family": name[1].strip(), "given": name[2]} for name in names if name] + (
        [{"literal": others}] if others else []
    )
