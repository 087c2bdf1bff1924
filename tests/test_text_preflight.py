"""Preflight: each rule with a text that breaks it and one that does not."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from articles.text.content import Content
from articles.text.doses import NOTATIONS
from articles.text.preflight import FIELDS, RULES, preflight

REFERENCE = {
    "id": "deen",
    "title": "Cinacalcet",
    "container-title": "J",
    "issued": {"raw": "2019"},
    "DOI": "10.1000/a",
    "custom": {"kind": "research"},
}
CLEAN = Content(
    question="May it be used?",
    direct_answer="Yes, with caution [@deen].",
    title="It may",
    professional="Start with 30 mg a day [@deen].",
    references=[REFERENCE],
)
EASY = "You can take it with food. " * 25


def findings(content=CLEAN, **about):
    return preflight(
        content, **({"number": 1, "change_note": "", "specialties": ["nephrology"], "risk": "standard"} | about)
    )


def changed(**fields):
    return findings(replace(CLEAN, **fields))


def rules(found, level=None):
    return [finding.rule for finding in found if level in {None, finding.level}]


def of(rule, found):
    return [finding for finding in found if finding.rule == rule]


def test_a_clean_draft_has_no_findings():
    assert findings() == []


def test_ai_use_and_funding_are_left_to_submit():
    assert (CLEAN.ai_use, CLEAN.funding) == ({}, "")
    assert findings() == []


@pytest.mark.parametrize("field", ["question", "direct_answer", "title", "professional"])
@pytest.mark.parametrize("value", ["", " \n "])
def test_a_required_field_that_is_empty_is_an_error(field, value):
    errors = [f for f in changed(**{field: value}) if f.level == "error"]
    assert [(f.rule, f.field) for f in errors] == [(f"empty-{field.replace('_', '-')}", field)]


def test_a_blank_plain_wording_is_an_error_but_none_is_fine():
    assert rules(changed(plain=" \n")) == ["empty-wording"]
    assert changed(plain="") == []


def test_a_citation_without_a_reference():
    (found,) = [f for f in changed(professional="Sun.\n\nRain [@deen; @gone].") if f.level == "error"]
    assert (found.rule, found.field) == ("citation-without-reference", "professional")
    assert "[@gone]" in found.message


def test_the_place_of_a_citation_without_a_reference():
    text = "Sun [@deen].\n\nRain [@gone2] [@gone]."
    starts = {f.message.split("]")[0]: f.start for f in of("citation-without-reference", changed(professional=text))}
    assert starts == {"[@gone2": text.index("[@gone2"), "[@gone": text.index("[@gone]")}


def test_every_unmatched_number_with_its_sentence():
    found = of("unmatched-number", changed(professional="Sun [@deen]. Rain [2,4]. Snow `[5]`."))
    assert [(f.message.split()[1], f.excerpt, f.start, f.level) for f in found] == [
        ("[2]", "Rain [2,4].", 18, "error"),
        ("[4]", "Rain [2,4].", 18, "error"),
    ]


def test_a_number_used_often_is_one_finding_at_its_first_use():
    found = of("unmatched-number", changed(direct_answer="Yes [1].", professional="Sun [1]. Rain [1,2]. Snow [1]."))
    assert [(f.message.partition(" is ")[0], f.field, f.key) for f in found] == [
        ("Number [1], used 4 times,", "direct_answer", "1"),
        ("Number [2]", "professional", "2"),
    ]


def test_no_reference_is_uncited_while_a_number_is_not_matched():
    fields = {"references": [REFERENCE, REFERENCE | {"id": "other", "title": "Another", "DOI": "10.1000/b"}]}
    assert [f.key for f in of("uncited-reference", changed(**fields))] == ["other"]
    assert of("uncited-reference", changed(**fields, professional="Give 30 mg [1].")) == []


def test_a_ratio_is_quoted_with_its_whole_number():
    (found,) = of("relative-risk", changed(professional="Death was rarer (HR 0.97) [@deen]."))
    assert found.message.startswith("“HR 0.97” says")


def test_a_citation_that_cannot_be_read():
    assert rules(changed(professional="Sun [@deen, p. 3] [@deen]."), "error") == ["unreadable-citation"]
    assert rules(changed(title="It may [@deen]"), "error") == ["citation-in-title"]


@pytest.mark.parametrize("broken", ["\0", "\x07", "\x1b", "\x7f", "\x85", "\u202e", "\u2066", "\ufffc", "\ud800"])
@pytest.mark.parametrize("field", ["question", "direct_answer", "title", "professional", "plain"])
def test_control_characters_are_errors(field, broken):
    value = f"{getattr(CLEAN, field) or 'Yes [@deen].'} a{broken}b"
    found = of("broken-characters", changed(**{field: value}))
    assert [(f.field, f.level, f.start) for f in found] == [(field, "error", value.index(broken))]
    assert broken not in found[0].excerpt + found[0].message


def test_control_characters_in_a_reference_are_errors():
    found = changed(references=[REFERENCE | {"author": [{"family": "A\0"}]}])
    assert rules(found) == ["broken-characters"]


def test_line_ends_and_tabs_are_fine():
    assert changed(professional="Sun\tand\r\nrain\n[@deen].") == []


def test_references_that_cannot_be_used():
    broken = [{"id": "deen"}, {"title": "No key"}, {"id": "1x", "title": "Bad key"}, "none"]
    found = of("invalid-reference", changed(references=broken))
    assert [f.level for f in found] == ["error"] * 4
    assert [f.field for f in found] == ["references"] * 4


def test_two_references_with_one_key_are_an_error():
    assert rules(changed(references=[REFERENCE, REFERENCE | {"DOI": "10.1000/b", "title": "B"}]), "error") == [
        "duplicate-key"
    ]


def test_a_change_note_is_needed_from_the_second_version_on():
    assert rules(findings(number=2)) == ["missing-change-note"]
    assert rules(findings(number=2, change_note=" \n")) == ["missing-change-note"]
    assert findings(number=2, change_note="Dose mended.") == []


def test_risk_and_specialties_have_to_be_set():
    assert [(f.rule, f.field, f.level) for f in findings(risk="", specialties=[" "])] == [
        ("risk-not-set", "article", "error"),
        ("specialties-not-set", "article", "error"),
    ]


def test_an_uncited_reference_is_a_warning_with_a_quick_fix():
    (found,) = changed(references=[REFERENCE, REFERENCE | {"id": "other", "title": "Other", "DOI": "10.1000/b"}])
    assert (found.rule, found.level, found.fix) == ("uncited-reference", "warning", "remove-reference:other")


def test_exactly_the_sentences_with_numbers_or_comparisons_and_no_citation():
    text = (
        "Sun. Give 5 mg. Give 6 mg [@deen]. It took 7 weeks in 83 %. A is better than rest. Better food. Rain.\n\n"
        "# 5 parts\n\nThese 3:\n\n- 4 apples\n- pears\n\n|a|\n|-|\n|8|\n|9 [@deen]|\n"
    )
    found = of("quantity-without-citation", changed(professional=text))
    assert [f.excerpt for f in found] == [
        "Give 5 mg.",
        "It took 7 weeks in 83 %.",
        "A is better than rest.",
        "4 apples",
        "a: 8",
    ]
    assert [text[f.start : f.start + 4] for f in found[:2]] == ["Give", "It t"]
    assert {f.level for f in found} == {"warning"}


def test_a_sentence_with_a_number_that_waits_to_be_matched_is_named_for_that_alone():
    found = changed(professional="Give 5 mg [1]. Give 6 mg.\n\n| a | b |\n|-|-|\n| 8 | [2] |")
    assert [one.excerpt for one in found if one.rule == "quantity-without-citation"] == ["Give 6 mg."]
    assert len([one for one in found if one.rule == "unmatched-number"]) == 2


@pytest.mark.parametrize(
    ("fields", "warned"),
    [
        ({"title": "OpenEvidence answer"}, True),
        ({"publisher": "UpToDate"}, True),
        ({"title": "KDIGO guideline: AI-generated summary"}, True),
        ({"author": [{"literal": "ChatGPT"}]}, True),
        ({"title": "KDIGO 2017 Clinical Practice Guideline"}, False),
    ],
)
def test_a_summary_marked_as_a_guideline(fields, warned):
    guideline = REFERENCE | fields | {"custom": {"kind": "guideline"}}
    assert bool(of("guideline-summary", changed(references=[guideline]))) is warned
    assert of("guideline-summary", changed(references=[REFERENCE | fields])) == []


def test_references_that_are_one_work_lack_a_locator_or_are_retracted():
    twin = REFERENCE | {"id": "twin"}
    cited = {"professional": "Sun [@deen; @twin]."}
    assert rules(changed(references=[REFERENCE, twin], **cited)) == ["duplicate-reference"]
    bare = {name: value for name, value in REFERENCE.items() if name != "DOI"}
    assert rules(changed(references=[bare])) == ["missing-locator"]
    assert rules(changed(references=[REFERENCE | {"title": "RETRACTED: Cinacalcet"}])) == ["retracted-reference"]
    assert rules(changed(references=[{k: v for k, v in REFERENCE.items() if k != "issued"}])) == ["reference-details"]


def test_evidence_belongs_to_a_reference():
    assert changed(evidence=[{"key": "deen", "quote": "q", "place": "p. 1"}]) == []
    assert rules(changed(evidence=[{"key": "gone", "quote": "q"}, "x"])) == ["evidence-without-reference"] * 2


@pytest.mark.parametrize(
    ("text", "warned"),
    [
        ("It doubles the risk of death [@deen].", True),
        ("Mortality was halved [@deen].", True),
        ("It was 50 % lower [@deen].", True),
        ("It is three times more likely [@deen].", True),
        ("RR 0.49 was found [@deen].", True),
        ("It reduced falls by 30 % [@deen].", True),
        ("It doubles the risk, from 1 % to 2 % [@deen].", False),
        ("RR 0.49, 5 of 100 against 10 of 100 [@deen].", False),
        ("It was 50 % lower [@deen]. The absolute difference was 1 % [@deen].", False),
        ("Double the dose [@deen].", False),
        ("Give 5 mg or 10 mg [@deen].", False),
    ],
)
def test_relative_risks_without_absolute_numbers(text, warned):
    assert rules(changed(professional=text)) == (["relative-risk"] if warned else [])


def test_chances_with_different_denominators():
    assert rules(changed(professional="1 in 20 [@deen]. Then 1 in 50 [@deen].")) == ["mixed-denominators"]
    assert changed(professional="1 in 100 [@deen]. Then 5 in 100 [@deen]. Then in 2015 [@deen].") == []


@pytest.mark.parametrize(
    ("rule", "bad", "good"),
    [
        ("dose-trailing-zero", ["1.0 mg", "2.50 mg", "5.0 mL"], ["1 mg", "10 mg", "1.50 mmol/L", "1.05 mg", "5.0 %"]),
        ("dose-naked-decimal", [".5 mg", ".25 mL"], ["0.5 mg", "no.5 is", "p < .05"]),
        ("dose-unit-u", ["10 U daily", "10U"], ["10 units", "U 10"]),
        ("dose-unit-iu", ["10 IU", "400IU"], ["10 units"]),
        ("dose-microgram-sign", ["5 µg", "5 μg"], ["5 micrograms", "5 mcg"]),
        ("dose-cc", ["5 cc"], ["5 mL", "cc to him"]),
        ("dose-qd", ["5 mg QD", "5 mg q.d."], ["5 mg once a day"]),
        ("dose-qod", ["5 mg QOD", "5 mg q.o.d."], ["5 mg every other day"]),
        ("dose-no-space", ["10mg", "0.5mL", "5units"], ["10 mg", "10-mg", "CA125 g"]),
        ("dose-thousands", ["3320 mg", "10000 units"], ["3,320 mg", "332 mg", "in 2015"]),
    ],
)
def test_the_ten_dose_notations(rule, bad, good):
    for text in bad:
        assert rule in rules(changed(professional=f"Give {text} [@deen]."), "warning"), text
    for text in good:
        assert rule not in rules(changed(professional=f"Give {text} [@deen].")), text


def test_dose_notations_in_code_citations_and_links_are_left_alone():
    assert changed(professional="`1.0 mg` [x](https://x.org/10mg) [@deen].") == []
    reference = REFERENCE | {"id": "a10mg"}
    text = "Sun [@a10mg]."
    assert changed(professional=text, direct_answer=text, references=[reference]) == []


def test_a_dose_finding_says_where_and_how():
    (found,) = of("dose-thousands", changed(professional="Give 3320 mg [@deen]."))
    assert found.start == 5
    assert found.excerpt == "Give 3320 mg [@deen]."
    assert found.message.endswith("write it as 3,320.")


def test_there_are_ten_notations_and_every_rule_has_a_heading():
    assert len(NOTATIONS) == 10
    assert {notation.rule for notation in NOTATIONS} <= set(RULES)


def test_wordings_that_differ():
    differ = changed(professional="Give 5 mg [@deen].", plain="Take 50 mg. It is 5 mg.", direct_answer="Yes [@deen].")
    assert of("wordings-quantities", differ)[0].message.startswith("Numbers only in plain words: 50 mg.")
    assert of("wordings-citations", differ)[0].message.startswith("Citations only for professionals: @deen.")


def test_wordings_that_agree_in_another_spelling():
    agree = changed(
        professional="Give 1,500 mg per day, 10 % [@deen].", plain="Take 1,500 mg/day, 10 per cent [@deen]."
    )
    assert agree == []


def test_a_hard_plain_wording_is_a_warning():
    hard = "Discontinuation necessitates considerable pharmacological deliberation notwithstanding haemodialysis. " * 15
    assert "hard-to-read" in rules(changed(plain=f"{hard} [@deen]"), "warning")
    assert "hard-to-read" not in rules(changed(plain=EASY))


def test_high_risk_words_are_named_when_the_risk_is_standard():
    text = "Children on warfarin and insulin [@deen]."
    (found,) = changed(professional=text)
    assert (found.rule, found.field, found.start) == ("high-risk-words", "professional", 0)
    assert "children, warfarin and insulin" in found.message
    assert findings(replace(CLEAN, professional=text), risk="high") == []


@pytest.mark.parametrize(
    "words",
    ["a child", "toddlers", "neonates", "preterm birth", "pregnancy", "breastfeeding", "breast-fed", "lactation",
     "chemotherapy", "antineoplastic", "methotrexate", "insulin", "anticoagulants", "warfarin", "heparin",
     "enoxaparin", "a DOAC", "NOACs", "rivaroxaban", "opioid", "morphine", "fentanyl", "remifentanil", "codeine",
     "intrathecally", "paediatric", "pediatric", "anaesthesia", "anesthetic"],
)  # fmt: skip
def test_high_risk_is_suggested_for(words: str):
    assert "high-risk-words" in [finding.rule for finding in changed(professional=f"In {words} [@deen].")]


@pytest.mark.parametrize("words", ["adults", "sulin", "childish prose", "a donor", "fettle"])
def test_high_risk_is_not_suggested_for(words: str):
    assert "high-risk-words" not in [finding.rule for finding in changed(professional=f"In {words} [@deen].")]


def test_errors_come_first_then_the_order_of_the_page():
    content = replace(
        CLEAN,
        direct_answer="Take 1.0 mg [@x].",
        professional="Sun [@y]. Give 5 mg. Rain [@z].",
        references=[{"id": "u"}],
    )
    found = findings(content, risk="")
    keys = [(f.level != "error", FIELDS.index(f.field), f.start) for f in found]
    assert keys == sorted(keys)
    assert [(f.rule, f.field) for f in found if f.level == "error"] == [
        ("citation-without-reference", "direct_answer"),
        ("citation-without-reference", "professional"),
        ("citation-without-reference", "professional"),
        ("invalid-reference", "references"),
        ("risk-not-set", "article"),
    ]


@settings(max_examples=100)
@given(
    st.text(max_size=200),
    st.text(alphabet="ab 5.mg,\n-#|`>[@];/%1", max_size=100),
    st.lists(st.dictionaries(st.sampled_from(["id", "title", "DOI", "author"]), st.text(max_size=5)), max_size=3),
)
def test_no_draft_breaks_the_checks_and_every_finding_points_into_its_field(text, other, references):
    content = Content(question=text, direct_answer=other, professional=text, plain=other, references=references)
    for finding in findings(content):
        assert finding.rule in RULES
        assert finding.field in FIELDS
        assert finding.message.endswith((".", "!"))
        source = getattr(content, finding.field, "")
        assert finding.start == -1 or 0 <= finding.start <= len(source)
