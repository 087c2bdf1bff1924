"""Claims: what is checked, in which pieces, and when two of them are the same."""

import hashlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.text.claims import Claim, claims, quantities, reading_minutes, sentences
from articles.text.content import Content
from articles.text.quantities import is_dose, normal
from articles.text.units import read


def units_of(text):
    return [unit.text for unit in read(text).units]


def found(professional, **fields):
    return claims(Content(professional=professional, **fields))


@pytest.mark.parametrize(
    "one",
    [
        "See e.g. Smith for this.",
        "Give 25 g i.v. Three times a week is usual.",
        "Response was 83.4 % vs. Placebo.",
        "As Fig. 2 shows, it fell.",
        "Deen et al. Found it.",
        "J. Smith and A. B. Jones agree.",
        "It rose by 2.5 mg.",
        "It took approx. 5 weeks.",
        "No. 5 is meant.",
        "It ended. then it went on.",
        "Dr. Brown asked Prof. White.",
        "In the U.S. Patients pay.",
        "Take it b.i.d. With food.",
        "He asked: why? and left.",
        "**Stop it. At once.**",
        "[See it. And more](https://x.org).",
        "`a. B`",
        "**Adults.** Give it.",
        "1. Give it",
    ],
)
def test_no_split_where_no_sentence_ends(one):
    assert len(units_of(one)) == 1


@pytest.mark.parametrize(
    ("text", "split"),
    [
        ("One. Two! Three? Four… Five", ["One.", "Two!", "Three?", "Four…", "Five"]),
        ("Take vitamin D. Then hepatitis C. Then stop.", ["Take vitamin D.", "Then hepatitis C.", "Then stop."]),
        ("The answer is no. Patients differ.", ["The answer is no.", "Patients differ."]),
        ("He said “stop.” She did. (Really.) Yes.", ["He said “stop.”", "She did.", "(Really.)", "Yes."]),
        ("Wait... And see.", ["Wait...", "And see."]),
        ("It fell. 25 g was given.", ["It fell.", "25 g was given."]),
        ("A line\nbroken. Next\nline.", ["A line broken.", "Next line."]),
        ("**All of it is bold.** Next.", ["All of it is bold.", "Next."]),
        ("First *it. Is* so. Then [it. Is](https://x.org) so.", ["First it. Is so.", "Then it. Is so."]),
        ("# Head. Line\n\n- a. B\n- c", ["Head. Line", "a.", "B", "c"]),
    ],
)
def test_sentences_end_where_readers_think_so(text, split):
    assert units_of(text) == split


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("It fell [@a]. Next.", [("a",), ()]),
        ("It fell.[@a] Next.", [("a",), ()]),
        ("It fell. [@a] Next.", [("a",), ()]),
        ("It fell. [@a] [@b] Next [@c].", [("a", "b"), ("c",)]),
        ("It fell. [@a] reported it.", [(), ("a",)]),
        ("It fell [@b; @a; @b].", [("b", "a")]),
    ],
)
def test_a_citation_goes_with_its_sentence(text, keys):
    assert [unit.keys for unit in read(text).units] == keys


def test_citations_leave_no_trace_in_the_text():
    assert [claim.text for claim in found("PTH fell [@a], then **rose** [@b; @c]. It was 5 mg.[@d]")] == [
        "PTH fell, then rose.",
        "It was 5 mg.",
    ]


def test_the_direct_answer_is_number_one_whole_and_without_any_sign():
    content = Content(direct_answer="It depends. Ask.\n\nReally.", professional="Give 5 mg.", plain="Avoid it.")
    assert [(claim.wording, claim.text, claim.signs) for claim in claims(content)] == [
        ("answer", "It depends. Ask. Really.", ("recommendation",)),
        ("professional", "Give 5 mg.", ("dose", "number", "recommendation")),
        ("plain", "Avoid it.", ("recommendation", "contraindication")),
    ]
    assert claims(Content(direct_answer="Perhaps."))[0].signs == ()
    assert claims(Content()) == []


@pytest.mark.parametrize(
    ("text", "signs"),
    [
        ("The sun shines.", ()),
        ("The sun shines [@a].", ("citation",)),
        ("The sun shines [3].", ("citation",)),
        ("It was 5 mg.", ("dose", "number")),
        ("It was ½ of them, that is half.", ("number",)),
        ("There were 41 patients.", ("number",)),
        ("There were two groups.", ("number",)),
        ("It was 5 mg/dL.", ("number",)),
        ("It was longer than that.", ("comparison",)),
        ("Survival improved.", ("comparison",)),
        ("Patients should rest.", ("recommendation",)),
        ("Monitor calcium.", ("recommendation",)),
        ("It may be used.", ("recommendation",)),
        ("It is contraindicated.", ("recommendation", "contraindication")),
        ("It is safe.", ("recommendation", "contraindication")),
        ("Do not give it.", ("recommendation", "contraindication")),
        ("It can be fatal.", ("contraindication",)),
        ("Vitamin B12 and COVID-19 in type 2 diabetes.", ()),
    ],
)
def test_signs(text, signs):
    assert read(text).units[0].signs == signs


def test_a_heading_may_be_added_only_if_it_says_something():
    content = Content(professional="## Background\n\nThe sun shines.\n\n## Avoid it in dialysis\n\nIt rains.")
    assert [claim.text for claim in sentences(content)] == ["The sun shines.", "Avoid it in dialysis", "It rains."]


def test_only_units_with_a_sign_are_claims_but_all_are_sentences():
    content = Content(professional="The sun shines. Give 5 mg.\n\n- rain\n- avoid it")
    assert [claim.text for claim in claims(content)] == ["Give 5 mg.", "avoid it"]
    assert [claim.text for claim in sentences(content)] == ["The sun shines.", "Give 5 mg.", "rain", "avoid it"]
    assert set(claims(content)) <= set(sentences(content))


def test_the_heading_path_follows_the_levels():
    text = "Give 1 mg.\n\n# A\n\nGive 2 mg.\n\n### B *it* [@k]\n\nGive 3 mg.\n\n## C\n\nGive 4 mg.\n\n# D\n\nGive 5 mg."
    paths = [claim.path for claim in found(text) if claim.text.startswith("Give")]
    assert paths == [(), ("A",), ("A", "B it"), ("A", "C"), ("D",)]


def test_a_dose_under_adults_is_not_the_dose_under_children():
    one, other = found("# Adults\n\nGive 5 mg.\n\n# Children\n\nGive 5 mg.")
    assert one.text == other.text
    assert one.id != other.id


def test_a_lead_in_and_a_list_introduction_are_part_of_the_claim():
    run_in = found("**Adults.** Give 5 mg.\n\n**Children.** Give 5 mg.")
    assert [claim.text for claim in run_in] == ["Adults. Give 5 mg.", "Children. Give 5 mg."]
    listed = found("Adults:\n\n- Give 5 mg.\n\nChildren:\n\n- Give 5 mg.")
    assert [claim.path for claim in listed] == [("Adults:",), ("Children:",)]
    assert len({claim.id for claim in listed}) == 2


def test_items_inherit_what_their_introduction_says():
    text = "Do not use it in:\n\n- pregnancy\n- children:\n  - infants\n\nSunshine."
    assert [(claim.text, claim.signs) for claim in found(text)] == [
        ("pregnancy", ("recommendation", "contraindication")),
        ("infants", ("recommendation", "contraindication")),
    ]


def test_a_line_with_a_colon_that_introduces_no_list_is_itself_checked():
    assert [claim.text for claim in found("Never use it in:\n\nPregnancy.")] == ["Never use it in:"]


def test_each_body_row_is_one_claim_that_names_its_headers():
    text = "|Drug|Dose||\n|-|-|-|\n|A [@a]|5 mg. Or 6|x|\n|B|none||"
    assert [(claim.text, claim.keys) for claim in found(text)] == [("Drug: A; Dose: 5 mg. Or 6; x", ("a",))]
    assert [claim.text for claim in sentences(Content(professional=text))][1:] == ["Drug: B; Dose: none"]


def test_code_hides_nothing_and_a_heading_counts_for_its_doses_and_citations():
    assert [claim.text for claim in found("`5 mg`\n\n```\n6 mg\n```\n\n# Safety\n\n# 7 mg\n\n# Eight [@a]")] == [
        "5 mg",
        "6 mg",
        "7 mg",
        "Eight",
    ]


def test_the_same_sentence_again_gets_a_suffix():
    ids = [claim.id for claim in found("Give 5 mg. Sun. Give 5 mg. Give 5 mg.")]
    assert ids == [ids[0], f"{ids[0]}-2", f"{ids[0]}-3"]
    assert len(ids[0]) == 16


def test_the_id_changes_with_text_citations_path_and_wording_alone():
    base = found("Give 5 mg [@a; @b].")[0].id
    same = ["Give  5 mg\n[@b; @a].", "Sunshine. Give 5 mg [@a; @b].", "**Give** 5 mg [@a] [@b]."]
    assert {found(text)[-1].id for text in same} == {base}
    other = ["Give 6 mg [@a; @b].", "Give 5 mg [@a].", "# H\n\nGive 5 mg [@a; @b].", "give 5 mg [@a; @b]."]
    ids = [base, *(found(text)[-1].id for text in other), claims(Content(plain="Give 5 mg [@a; @b]."))[0].id]
    assert len(set(ids)) == len(ids)


def test_the_id_is_the_documented_hash():
    parts = '["Give 5 mg.", ["a", "b"], ["H"], "professional"]'
    expected = hashlib.sha256(parts.encode()).hexdigest()[:16]
    assert found("# H\n\nGive 5 mg [@b; @a].")[0].id == expected


def test_start_is_the_place_in_the_source():
    text = "# H\n\nSun. **Give** 5 mg.\n\n> Avoid it.\n\n|a|\n|-|\n| 7 |\n\n```\n8 mg\n```"
    starts = [text[claim.start : claim.start + 4] for claim in found(text)]
    assert starts == ["**Gi", "Avoi", "7 |\n", "```\n"]


def test_json_keeps_a_claim_whole():
    for claim in found("# H\n\nGive 5 mg [@a]."):
        assert Claim.from_json(json.loads(json.dumps(claim.as_json()))) == claim


@given(st.text(alphabet="ab.A \n*_[]@;#->|`5mg\\", max_size=120))
def test_nothing_written_is_lost_and_ids_are_unique(text):
    content = Content(professional=text)
    ids = [claim.id for claim in sentences(content)]
    assert len(set(ids)) == len(ids)
    assert [claim.id for claim in claims(content)] == [own for own in ids if own in {c.id for c in claims(content)}]
    for claim in sentences(content):
        assert 0 <= claim.start <= len(text)
        assert claim.text == " ".join(claim.text.split())


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("Give 5 mg, then 2.5 mg.", ["5 mg", "2.5 mg"]),
        ("dialysate 1.25-1.50 mmol/L", ["1.25-1.50 mmol/L"]),
        ("83.4 % and 10%", ["83.4 %", "10%"]),
        ("119 g/m² per week, 40", ["119 g/m² per week", "40"]),
        ("119 g/m² of it", ["119 g/m²"]),
        ("140/90 and 130/80 mmHg", ["140/90", "130/80 mmHg"]),
        ("3,320 mg/day; .5 mg; 10mg", ["3,320 mg/day", ".5 mg", "10mg"]),
        ("5 to 10 mg, 2-33 months", ["5 to 10 mg", "2-33 months"]),
        ("<5 %, ≥ 0.5 mg, −2 mmol/L", ["<5 %", "≥ 0.5 mg", "−2 mmol/L"]),
        ("1 in 20, 4 of 5, in 2015", ["1 in 20", "4 of 5", "2015"]),
        ("5 mg/kg/day, 1 mg/24 h, 20 mg per day", ["5 mg/kg/day", "1 mg/24 h", "20 mg per day"]),
        ("RR 0.97 (95 % CI 0.9-1.1).", ["0.97", "95 %", "0.9-1.1"]),
        ("5 mg [@deen2019] and [3] B12 COVID-19", ["5 mg"]),
        ("100 micrograms, 5 units, 2 tablets", ["100 micrograms", "5 units", "2 tablets"]),
        ("", []),
    ],
)
def test_quantities_are_kept_whole(text, whole):
    assert quantities(text) == whole


def test_which_quantities_are_doses():
    doses = ["5 mg", "119 g/m²", "5 units", "10 mL", "2 tablets", "5-10 mg/kg", "20 mmol"]
    others = ["5 mg/dL", "1.25-1.50 mmol/L", "30 mL/min", "83.4 %", "140/90 mmHg", "41", "2 weeks"]
    assert [quantity for quantity in doses + others if is_dose(quantity)] == doses


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("10 %", "10 per cent"),
        ("3,320 mg/day", "3320 mg per day"),
        ("5 µg", "5 mcg"),
        ("5 micrograms", "5 μg"),
        ("2-3 weeks", "2 to 3 week"),
        ("5 m2", "5 m²"),
    ],
)
def test_one_spelling_for_the_same_quantity(one, other):
    assert normal(one) == normal(other)


def test_different_quantities_stay_different():
    assert len({normal(said) for said in ("5 mg", "50 mg", "5 mcg", "5 g", "<5 mg", "0.5 mg", "5 mg/kg")}) == 7


def test_reading_minutes():
    assert [reading_minutes(count) for count in (0, 1, 2, 4, 25)] == [1, 1, 1, 3, 18]
