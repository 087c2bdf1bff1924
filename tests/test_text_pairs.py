"""Plain statements and the ones for professionals that they say again; numbers that differ are never passed over."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.text.claims import PLAIN, PROFESSIONAL, Claim, claim_id, claims
from articles.text.pairs import NONE, differences, likeness, pair_of, pairs
from articles.text.quantities import normal, quantities
from tests.cast import content


def claim(text: str, wording: str = PROFESSIONAL, keys: tuple[str, ...] = ("one",)) -> Claim:
    return Claim(claim_id(text, keys, (), wording), text, keys, (), wording, (), 0)


# For professionals, for patients, and whether the second says the first again.
GOLDEN = [
    ("Start with one tablet a day of ferrous sulfate.", "Most people start with one tablet a day.", True),
    ("Continue for about 3 months after haemoglobin has become normal.",
     "Keep taking iron for about 3 months after your blood count is normal.", True),
    ("Do not give antibiotics, sedatives or cough medicines for croup.", "Do not give cough medicine.", True),
    ("Start with 5 mg once daily.", "Start with 50 mg once daily.", True),
    ("The ulcers came back 3 months after cinacalcet was stopped.",
     "In one report the sores came back 3 months after the tablets were stopped.", True),
    ("Withhold it when calcium falls below 1.9 mmol/L.",
     "Call your emergency number at once for a fit or fainting.", False),
    ("No routine blood test guides the dose of apixaban.",
     "Atrial fibrillation is an irregular heartbeat that can cause a stroke.", False),
]  # fmt: skip


@pytest.mark.parametrize(("professional", "plain", "paired"), GOLDEN)
def test_only_those_that_are_alike_make_a_pair(professional: str, plain: str, paired: bool) -> None:
    ours, theirs = claim(professional), claim(plain, PLAIN)
    assert (pair_of(theirs, [ours]) is ours) is paired
    assert pairs([ours, theirs]) == ({theirs.id: ours.id} if paired else {})


def test_the_likest_is_chosen_and_the_first_of_equals() -> None:
    dose, other = claim("Start with 5 mg once daily."), claim("Drug A lowered pressure in 40 adults.")
    plain = claim("Start with 5 mg once daily.", PLAIN)
    assert pair_of(plain, [other, dose, dose]) is dose


def test_what_cites_other_sources_is_no_pair() -> None:
    ours, theirs = claim("Start with 5 mg once daily.", keys=("two",)), claim("Start with 5 mg once daily.", PLAIN)
    assert pair_of(theirs, [ours]) is None
    assert pair_of(theirs, [claim(ours.text, keys=())]) is not None


def test_a_statement_for_professionals_has_no_pair() -> None:
    assert pair_of(claim("Start with 5 mg."), [claim("Start with 5 mg.")]) is None


def test_numbers_that_differ_are_shown_beside_each_other() -> None:
    ours, theirs = claim("Start with 5 mg once daily, for 7 days."), claim("Start with 50 mg once a day.", PLAIN)
    assert differences(theirs, ours) == [("5 mg", "50 mg"), ("7 days", NONE)]
    assert differences(claim("Give 10 per cent.", PLAIN), claim("Give 10%.")) == []
    assert differences(claim("About 7 in 100.", PLAIN), claim("In 7.3 %.")) == [("7.3 %", "7 in 100")]


def test_the_text_of_the_cast_has_no_pair_by_chance() -> None:
    assert pairs(claims(content())) == {}


AMOUNTS = st.lists(
    st.sampled_from(["5 mg", "50 mg", "0.5 mg", "7 days", "10 %", "140/90 mmHg", "40 adults"]), max_size=4
)


@given(AMOUNTS, AMOUNTS)
def test_no_quantity_of_either_is_passed_over(ours: list[str], theirs: list[str]) -> None:
    one, other = (claim(f"Drug A {' and then '.join(said)} was given.") for said in (ours, theirs))
    found = differences(other, one)
    first, second = ({normal(said) for said in quantities(text.text)} for text in (one, other))
    assert {normal(left) for left, _ in found if left != NONE} == first - second
    assert {normal(right) for _, right in found if right != NONE} == second - first
    assert (found == []) is (first == second)


@given(st.text(max_size=80), st.text(max_size=80))
def test_any_text_is_compared(ours: str, theirs: str) -> None:
    one, other = claim(ours), claim(theirs, PLAIN)
    assert 0 <= likeness(one, other) <= 1
    assert pair_of(other, [one]) in (None, one)
