"""The class of a change: what touches a statement, number, unit, negation, reference or heading is substantive."""

import re
import time
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.text.change_class import class_of
from articles.text.content import Content
from articles.text.diff import compare
from tests.cast import content

PROFESSIONAL = """## Background

The mechanism is debated among authors, and so is the name of the disease. Cells of the tubule take part.

- The kidney is involved
- The parathyroid gland is involved

### Drugs in use

In adults of any weight:

- Give 5 mg twice daily [@one]
- Do not give it in pregnancy [@two]

Nobody knows why. The name comes from a town. Its maker called it Zyxmab, which says nothing of grade II disease.

| Drug | Dose |
|---|---|
| Drug A | 5 mg |
"""
BEFORE = content(professional=PROFESSIONAL, abbreviations={"CKD": "chronic kidney disease"})
PLAIN = "Drug A can be used when kidneys work poorly, at a lower dose [@one]."


def changed(old: str, new: str, field: str = "professional") -> Content:
    text = getattr(BEFORE, field)
    assert old in text
    return replace(BEFORE, **{field: text.replace(old, new, 1)})


TYPOGRAPHIC = [
    ("debated", "discussed"),
    ("authors, and", "authors; and"),
    ("disease. Cells", "disease: cells"),
    ("Cells of", "The cells of"),
    ("tubule take part.", "tubule take part!"),
    ("The mechanism is", "The *mechanism* is"),
    ("The mechanism is", "The  mechanism\nis"),
    ("part.\n\n-", "part.\n\n\n-"),
    ("from a town. Its maker", "from a town.\n\nIts maker"),
    ("Give 5 mg twice", "Give 5\u00a0mg twice"),
    ("| Drug A | 5 mg |", "| Drug A   | 5 mg |"),
]


@pytest.mark.parametrize(("old", "new"), TYPOGRAPHIC)
def test_spelling_stops_and_white_space_outside_statements_are_typographic(old: str, new: str) -> None:
    result = class_of(BEFORE, changed(old, new))
    assert (result.name, result.reasons) == ("typographic", ())


SUBSTANTIVE = [
    ("5 mg twice", "50 mg twice", "A statement changed: “Give 50 mg twice daily”."),
    ("5 mg twice", "5 g twice", "A statement changed"),
    ("5 mg twice", "5mg twice", "A statement changed"),
    ("twice", "thrice", "A statement changed"),
    ("Do not give", "Do give", "A statement changed"),
    ("Do not give", "Do ont give", "A statement changed"),
    ("[@two]", "[@one]", "A reference changed in the wording for professionals: “[@two]”, now “[@one]”."),
    ("twice daily [@one]", "twice [@one] daily", "A reference changed"),
    ("Drugs in use", "Drugs in usage", "A heading, or a line that introduces a list, changed"),
    ("### Drugs", "## Drugs", "A list, a table or a quotation was built anew"),
    ("In adults of", "In children of", "A heading, or a line that introduces a list, changed"),
    ("- The parathyroid", "  - The parathyroid", "A list, a table or a quotation was built anew"),
    ("Nobody knows", "Everybody knows", "A negation changed in the wording for professionals: “Nobody”, now"),
    ("says nothing of", "says something of", "A negation changed"),
    ("is debated among", "is not debated among", "A negation changed"),
    ("is debated among", "is undebated among", "A negation changed"),
    ("grade II", "grade III", "A letter that names something changed"),
    ("The name comes", "The two names come", "changed"),
    ("from a town", "from 1 town", "changed"),
    ("The name comes", "The name (mg) comes", "A unit changed"),
    ("The mechanism", "The ≥ mechanism", "A number changed"),
    ("The mechanism", "The \u202emechanism", "A character that is not seen changed"),
    ("The mechanism", "The [mechanism](https://example.org/)", "A link changed"),
    ("Cells of the tubule take part.", "", None),
    ("Cells of the tubule", "Cells should avoid the tubule", "A statement was added: “Cells should avoid"),
    ("| Drug A | 5 mg |", "| Drug B | 5 mg |", "A statement changed"),
    ("- Give 5 mg twice daily [@one]\n- Do not give it in pregnancy [@two]",
     "- Do not give it in pregnancy [@two]\n- Give 5 mg twice daily [@one]", "The statements stand in another order."),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "why"), SUBSTANTIVE)
def test_what_touches_what_is_judged_is_substantive_and_says_why(old: str, new: str, why: str | None) -> None:
    result = class_of(BEFORE, changed(old, new))
    if why is None:  # a sentence that says nothing to be judged
        assert result.name == "typographic"
    else:
        assert result.name == "substantive"
        assert any(why in reason for reason in result.reasons), result.reasons


def test_every_other_part_of_a_version_is_judged_whole() -> None:
    one, two = BEFORE.references
    for now, why in (
        (replace(BEFORE, question="May drug B be given in kidney failure?"), "The question changed."),
        (replace(BEFORE, direct_answer=f"{BEFORE.direct_answer}!"), "The direct answer changed."),
        (replace(BEFORE, title="Drug A in kidney failures"), "The answer title changed."),
        (replace(BEFORE, references=[one]), "The references changed."),
        (replace(BEFORE, references=[two, one]), "The references changed."),
        (replace(BEFORE, references=[one | {"title": "A trial"}, two]), "The references changed."),
        (replace(BEFORE, evidence=[]), "A quoted passage changed."),
        (replace(BEFORE, abbreviations={}), "The abbreviations changed."),
        (replace(BEFORE, funding="A grant."), "The disclosures changed."),
        (replace(BEFORE, ai_use=BEFORE.ai_use | {"tool": "Model Y"}), "The disclosures changed."),
        (replace(BEFORE, plain=""), "There is no longer a text: the wording for patients."),
        (replace(BEFORE, plain=f"{PLAIN[:-1]}, twice."), "A statement changed"),
    ):
        assert any(reason.startswith(why) for reason in class_of(BEFORE, now).reasons), why


def test_who_checked_the_text_and_line_ends_make_no_difference() -> None:
    now = replace(BEFORE, ai_use=BEFORE.ai_use | {"checked_by": "Edgar Editor"}, title=f" {BEFORE.title} ")
    assert class_of(BEFORE, now).typographic
    assert class_of(BEFORE, BEFORE).typographic


WORDS = [found.span() for found in re.finditer(r"\S+", PROFESSIONAL)]
SIGNIFICANT = [
    span for span in WORDS if re.search(r"\d|@|^(?:not|Nobody|nothing|twice|mg)$|II", PROFESSIONAL[slice(*span)])
]


@given(
    st.sampled_from(SIGNIFICANT),
    st.sampled_from(["", "and", "7", "7 mg", "mg", "not", "[@one; @two]", "IV", "never", "½", "x"]),
)
def test_no_number_unit_negation_or_citation_gives_way_to_another_token(span: tuple[int, int], new: str) -> None:
    begin, end = span
    if new == PROFESSIONAL[begin:end]:
        return
    now = replace(BEFORE, professional=PROFESSIONAL[:begin] + new + PROFESSIONAL[end:])
    assert class_of(BEFORE, now).name == "substantive"


@given(st.sampled_from(WORDS), st.sampled_from(["7", "7 mg", "≥", "not", "never", "[@one]", "two", "%", "cannot", "½"]))
def test_none_of_these_is_put_in_anywhere(span: tuple[int, int], new: str) -> None:
    place = span[0]
    now = replace(BEFORE, professional=f"{PROFESSIONAL[:place]}{new} {PROFESSIONAL[place:]}")
    assert class_of(BEFORE, now).name == "substantive"


HEADINGS = [found.span(1) for found in re.finditer(r"^#+ (.*)$", PROFESSIONAL, re.MULTILINE)]


@given(st.sampled_from(HEADINGS), st.text("abc XY", min_size=1, max_size=6), st.integers(0, 10))
def test_a_heading_is_never_touched(span: tuple[int, int], new: str, at: int) -> None:
    place = min(span[0] + at, span[1])
    now = PROFESSIONAL[:place] + new + PROFESSIONAL[place:]
    same = " ".join(now.split()) == " ".join(PROFESSIONAL.split())
    assert (class_of(BEFORE, replace(BEFORE, professional=now)).name == "typographic") == same


# Words of sentences that no reviewer judges, and that say no number or name.
LOOSE = [
    found.span()
    for found in re.finditer(r"[a-z]+", PROFESSIONAL)
    if found[0] in ("mechanism", "debated", "authors", "disease", "tubule", "take", "kidney", "gland", "comes", "town")
]


@given(st.sampled_from(LOOSE), st.integers(1, 8), st.sampled_from("bcefkpqwz"))
def test_a_letter_mended_in_a_sentence_that_is_no_statement_is_typographic(
    span: tuple[int, int], at: int, letter: str
) -> None:
    begin, end = span
    place = min(begin + at, end - 1)
    now = replace(BEFORE, professional=PROFESSIONAL[:place] + letter + PROFESSIONAL[place + 1 :])
    assert class_of(BEFORE, now).reasons == ()


@given(st.sampled_from([found.start() for found in re.finditer(r"(?<=[a-z]) (?=[a-z])", PROFESSIONAL)]))
def test_more_white_space_within_a_line_is_typographic(place: int) -> None:
    now = replace(BEFORE, professional=PROFESSIONAL[:place] + " \u00a0" + PROFESSIONAL[place:])
    assert class_of(BEFORE, now).reasons == ()
    assert class_of(now, BEFORE).reasons == ()


@given(st.text(max_size=80), st.text(max_size=80))
def test_any_two_texts_have_a_class(old: str, new: str) -> None:
    result = class_of(Content(professional=old, plain=new), Content(professional=new, plain=old))
    assert result.typographic == (not result.reasons)


def test_very_many_equal_words_do_not_hold_the_page() -> None:
    """None of them so frequent that it is left out: each would be held against hundreds."""
    words = [f"w{chr(97 + place % 150 // 10)}{chr(97 + place % 10)}" for place in range(40_000)]
    before, after = " ".join(words), " ".join(reversed(words))
    assert {block.kind for block in compare(before, after)} <= {"changed", "inserted", "deleted"}
    began = time.perf_counter()
    result = class_of(Content(professional=before), Content(professional=after))
    assert time.perf_counter() - began < 20
    assert result.reasons == ("Too many words are alike to tell what changed in the wording for professionals.",)
