"""Pasted answers: each part is found, nothing is invented, numbers become citations only where they are ones."""

import re
from pathlib import Path

import pytest

from articles.importing.files import read_file
from articles.importing.imported import ImportRefused
from articles.importing.pasted import from_pasted

SAMPLE = Path(__file__).parent / "samples" / "pasted_answer.txt"
LIST = "\n\nReferences\n" + "".join(
    f"Research\nStudy of thing {n}.\nJournal of Things, 20{n:02}\n" for n in range(1, 6)
)


def body(text: str, references: str = LIST) -> str:
    """The wording that comes of `text` beneath a question and a direct answer, with a list of five."""
    return from_pasted(f"Is it so?\n\nYes, it is.\n\n{text}{references}").content.professional


# The case of the demonstration: eight numbers, five references.


def test_the_sample_is_read_in_its_parts():
    imported = read_file(SAMPLE)
    content = imported.content
    assert content.question == "Can cinacalcet be used in a patient with a history of calciphylaxis?"
    assert content.title == "Cinacalcet after calciphylaxis: benefits, limits and monitoring"
    assert content.direct_answer.startswith("Yes, with caution. ")
    assert content.direct_answer.endswith("wider plan [1].")
    assert re.findall(r"^## (.+)$", content.professional, re.MULTILINE) == [
        "Evidence in calciphylaxis",
        "Evidence in chronic kidney disease",
        "Recommended approach",
        "Monitoring",
        "Caveats",
    ]
    assert imported.slug == "can-cinacalcet-be-used-in-a-patient-with-a-history-of-calciphylaxis"
    assert (imported.specialties, imported.risk, content.plain) == ([], "", "")


def test_the_samples_numbers_become_citations_and_its_doses_do_not():
    content = read_file(SAMPLE).content
    assert re.findall(r"\[[^\]]*\]", content.professional) == [
        "[1]", "[1]", "[2]", "[3]", "[4]", "[5,6]", "[5,6]", "[2,4]", "[4]", "[7]", "[8]", "[7,8]", "[1-3]",
    ]  # fmt: skip
    for kept in ("83.4 %", "2-33 months [1].", "119 g/m² per week", "RR 0.49) [5,6].", "CKD stage 3 were", "Table 1."):
        assert kept in content.professional


def test_the_samples_list_is_read_and_its_order_is_only_a_guess():
    imported = read_file(SAMPLE)
    references = imported.content.references
    assert [(r["custom"]["kind"], r["issued"]["date-parts"][0][0]) for r in references] == [
        ("research", 2015),
        ("research", 2008),
        ("research", 2019),
        ("research", 2013),
        ("guideline", 2017),
    ]
    assert references[0] == {
        "id": "calciphylaxis2015",
        "title": "Calciphylaxis in end-stage renal disease prior to dialytic treatment: a case report and "
        "literature review",
        "container-title": "International Journal of Nephrology and Renovascular Disease",
        "issued": {"date-parts": [[2015]]},
        "type": "article-journal",
        "custom": {"kind": "research"},
    }
    assert imported.proposals["1"] == {"key": "calciphylaxis2015", "by": "position"}
    assert [proposal["by"] for proposal in imported.proposals.values()] == ["position"] * 5 + ["none"] * 3
    assert list(imported.proposals) == list("12345678")


def test_the_samples_notes_say_what_was_dropped():
    notes = "\n".join(read_file(SAMPLE).notes)
    assert "Line 4, “Cinacalcet after calciphylaxis: benefits, limits and monitoring”, stood a second time" in notes
    assert "“This answer is for education only and does not replace the judgement of a clinician.”" in notes
    assert "No reference in the list stands for [6], [7], [8]." in notes


# Numbers.


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("The ulcers healed within 2 months 1,3.", "The ulcers healed within 2 months [1,3]."),
        ("The ulcers healed within months.1", "The ulcers healed within months [1]."),
        ("The ulcers healed within months.1 3", "The ulcers healed within months [1,3]."),
        ("The ulcers healed.1,3 They came back.2", "The ulcers healed [1,3]. They came back [2]."),
        ("The ulcers healed. 1,3", "The ulcers healed [1,3]."),
        ("The ulcers healed.[1][3]", "The ulcers healed [1,3]."),
        ("The ulcers healed [1] [3].", "The ulcers healed [1,3]."),
        ("The ulcers healed [1–3].", "The ulcers healed [1-3]."),
        ("The ulcers healed.【1†source】", "The ulcers healed [1]."),
        ("The ulcers healed.¹³", "The ulcers healed [1,3]."),
        ("The ulcers healed¹,³ and closed.", "The ulcers healed [1,3] and closed."),
        ("The ulcers healed.¹⁻³", "The ulcers healed [1-3]."),
        ("The ulcers healed1,3.", "The ulcers healed [1,3]."),
        ("Response was 83.4 % 1.", "Response was 83.4 % [1]."),
        ("It fell (RR 0.49).2 It rose.", "It fell (RR 0.49) [2]. It rose."),
        ("• The ulcers had all healed quickly 2", "- The ulcers had all healed quickly [2]"),
        ("Four of five lived in two stages 3.", "Four of five lived in two stages [3]."),
        ("Smith et al. [2] found it.", "Smith et al. [2] found it."),
        ("It helped [@deen2016].", "It helped [@deen2016]."),
    ],
)
def test_trailing_numbers_become_citations(written: str, read: str):
    assert body(written) == read


@pytest.mark.parametrize(
    "sentence",
    [
        "Give 5 mg daily and stop at 3.",
        "It was published in 2015.",
        "Response was 83.4 %.",
        "Hormone fell within 2-33 months.",
        "The doses are in Table 1.",
        "They had CKD stage 3.",
        "They had stages 3-5.",
        "Measure it on day 2.",
        "It was seen in weeks 2-3.",
        "The relative risk was 2.05.",
        "Calcium was 1.25-1.50 mmol/L.",
        "Sevelamer was 3,320 mg.",
        "They had type 2.",
        "Give 40 g/m² per week and 10⁹/L cells in 5 cm³ of water.",
        "Ca²⁺ and ¹⁴C were measured.",
        "It is due to COVID-19.",
        "They lack vitamin B12.",
        "They lack omega3.",
        "The median age was 4.",
        "See section 3.1 Then stop.",
        "Four of 5.",
        "It was repeated in March 3.",
        "The address is https://example.org/page.1",
        "See `code.1` there.",
        "The ratio was 2:1.",
        "It was given for a total of 4.",
        "Fig.2 There it is.",
        "A cohort of 12. All lived.",
        "Aged 2.",
        "Calcium was 1,25.",
    ],
)
def test_other_numbers_stay_as_they_are(sentence: str):
    assert body(sentence) == sentence


@pytest.mark.parametrize("link", ["[3](https://a.org/x)", "[[3]](https://a.org/x_(1))", "[3](#ref-3)"])
def test_a_number_that_is_a_link_becomes_a_number_and_its_address_is_named(link: str):
    imported = from_pasted(f"Is it so?\n\nYes, it is.\n\nIt heals wounds {link}. `{link}` is code.{LIST}")
    assert imported.content.professional == f"It heals wounds [3]. `{link}` is code."
    address = link.partition("](")[2].removesuffix(")")
    assert f"The address behind [3] was left out: {address}" in imported.notes


@pytest.mark.parametrize(
    ("sentence", "number"),
    [
        ("Keep it below 5 mmol/L6–8.", "6-8"),
        ("The mean age was 75.2,3 In the trial it was lower.", "2,3"),
        ("It fell by 20%3,4.", "3,4"),
        ("The dose was 5 mg2.", "2"),
        ("The dose was 5 mg².", "2"),
    ],
)
def test_a_number_glued_to_a_unit_or_a_decimal_is_named(sentence: str, number: str):
    imported = from_pasted(f"Is it so?\n\nYes, it is.\n\n{sentence}{LIST}")
    assert imported.content.professional == sentence
    assert f"may have a citation number ({number}) that" in "\n".join(imported.notes)


@pytest.mark.parametrize(
    "sentence", ["Give 119 g/m2.", "It is 5 m3 and 3 cm².", "Take vitamin B12.", "HR 0.97, 95% CI."]
)
def test_powers_and_names_are_not_named(sentence: str):
    assert "citation number" not in "\n".join(from_pasted(f"Why?\n\nYes.\n\n{sentence}{LIST}").notes)


def test_a_doubtful_number_stays_and_is_named():
    imported = from_pasted(f"Is it so?\n\nYes, it is.\n\nIt lowers PTH 2.{LIST}")
    assert imported.content.professional == "It lowers PTH 2."
    assert "Line 5, “It lowers PTH 2.”, may have a citation number (2) that" in "\n".join(imported.notes)


def test_a_bare_number_beyond_the_list_is_no_citation():
    assert body("The ulcers healed quickly 47.") == "The ulcers healed quickly 47."


def test_without_a_list_and_without_a_row_of_numbers_a_number_proves_nothing():
    assert body("The ulcers healed quickly 1.", references="") == "The ulcers healed quickly 1."


def test_numbers_in_a_row_show_that_they_are_citations():
    assert body("It helped greatly 1. It was safe 2. It was cheap 3.", references="") == (
        "It helped greatly [1]. It was safe [2]. It was cheap [3]."
    )


def test_tables_and_code_are_kept_as_they_are():
    table = "| Drug | Dose |\n|---|---|\n| cinacalcet | 30 mg.1 |"
    assert body(f"{table}\n\n```\nhealed.1\n```") == f"{table}\n\n```\nhealed.1\n```"


# Head and body.


def test_a_question_may_stand_below_the_title():
    content = from_pasted(
        "Iron tablets\n\nShould iron be taken daily?\nIron tablets\n\nIt depends.\n\nMore text."
    ).content
    assert (content.title, content.question) == ("Iron tablets", "Should iron be taken daily?")
    assert (content.direct_answer, content.professional) == ("It depends.", "More text.")


def test_labels_and_marks_are_understood():
    answer = "**Short answer:** No. Every other day will do."
    text = f"# Should iron be taken daily?\n\n{answer}\n\n### Evidence\nA trial.\n#### More\nB."
    content = from_pasted(text).content
    assert content.question == "Should iron be taken daily?"
    assert content.direct_answer == "No. Every other day will do."
    assert content.professional == "## Evidence\n\nA trial.\n\n### More\n\nB."


def test_of_a_long_first_paragraph_only_the_first_sentences_are_the_direct_answer():
    text = "Is it so?\n\nYes. It is so in most people who were studied. But not all. And not always. Nor ever.\n"
    content = from_pasted(text).content
    assert content.direct_answer == "Yes. It is so in most people who were studied."
    assert content.professional == "But not all. And not always. Nor ever."


def test_no_section_gives_up_its_first_sentence():
    content = from_pasted("Is it so?\n\n## Evidence\nNo trial has been done.\n").content
    assert (content.direct_answer, content.professional) == ("", "## Evidence\n\nNo trial has been done.")


def test_the_title_may_stand_below_the_direct_answer():
    content = from_pasted("Is it so?\n\nYes, it is.\n\nWhat is known of it\n\nEvidence\nA trial was done.\n").content
    assert (content.title, content.professional) == ("What is known of it", "## Evidence\n\nA trial was done.")


@pytest.mark.parametrize("mark", ["•", "-", "*", "–", "▪", "1.", "2)"])
def test_bullets_of_every_sort(mark: str):
    expected = mark if mark[0].isdigit() else "-"
    assert body(f"{mark} One thing.\n{mark} Another.", references="") == f"{expected} One thing.\n{expected} Another."


def test_a_bullet_alone_on_its_line_and_a_nested_one():
    assert body("•\nOne thing.\n    ◦ Inner thing.\n• Last.", references="") == (
        "- One thing.\n    - Inner thing.\n- Last."
    )


def test_a_number_that_ends_a_wrapped_sentence_is_no_item():
    text = "The score that was found in most of them was\n5.\nIt rose."
    assert body(text, references="") == "The score that was found in most of them was\n5.\n\nIt rose."


def test_a_wrapped_line_is_no_heading():
    text = "Cinacalcet lowers parathyroid hormone and\ncalcium in people on dialysis\nwho need it.\n"
    assert body(text, references="") == text.strip()


@pytest.mark.parametrize(
    "line",
    [
        "This answer is for education only.",
        "**Disclaimer:** This content is not a substitute for a doctor's advice.",
        "Exercise caution: this content is pending human review.",
        "Always consult your doctor for medical advice.",
        "As an AI, I cannot examine you.",
        "ChatGPT said:",
        "Copy",
    ],
)
def test_what_is_no_part_of_the_answer_is_dropped_and_quoted(line: str):
    imported = from_pasted(f"Is it so?\n\nYes, it is.\n\n{line}\n\nText.\n")
    assert imported.content.professional == "Text."
    assert f"Line 5, “{line}”, is not part of the answer and was dropped." in imported.notes


@pytest.mark.parametrize(
    "line",
    [
        "Exercise caution in people with low calcium.",
        "Ask your doctor whether to take iron every day.",
        "Please consult a physician if calcium falls below 2.1 mmol/L.",
        "The article does not replace parathyroidectomy by cinacalcet.",
        "As an artificial tear it is safe.",
        "Caution: it may lower calcium.",
    ],
)
def test_medical_cautions_are_kept(line: str):
    assert body(f"{line}\n\nText.", references="") == f"{line}\n\nText."


# The list.


@pytest.mark.parametrize(
    "lines",
    [
        "Research\nHealing of wounds.\nJournal of Wounds, 2013",
        "Research\nHealing of wounds\nJournal of Wounds\n2013",
        "Research: Healing of wounds — Journal of Wounds (2013)",
        "Healing of wounds. Journal of Wounds. 2013.",
        "• Healing of wounds. Journal of Wounds 2013",
    ],
)
def test_an_item_in_many_forms(lines: str):
    (item,) = from_pasted(f"Is it so?\n\nYes.\n\nReferences\n{lines}\n").content.references
    assert item == {
        "id": "healing2013",
        "title": "Healing of wounds",
        "container-title": "Journal of Wounds",
        "issued": {"date-parts": [[2013]]},
        "type": "article-journal",
        "custom": {"kind": "research"},
    }


def test_a_list_with_numbers_of_its_own_proposes_by_them():
    listed = (
        "2. Guideline: On iron — Blood (2013)\n1. Deen J, Schaider H. On zinc. Skin. 2016;57(2):4-9. PMID: 23545520"
    )
    imported = from_pasted(f"Is it so?\n\nYes.[1]\n\nIt helps.[2] It harms.[3]\n\nReferences (2)\n{listed}\n")
    assert imported.proposals == {
        "1": {"key": "deen2016", "by": "printed"},
        "2": {"key": "iron2013", "by": "printed"},
        "3": {"key": "", "by": "none"},
    }
    assert imported.content.references[1] == {
        "id": "deen2016",
        "author": [{"family": "Deen", "given": "J"}, {"family": "Schaider", "given": "H"}],
        "title": "On zinc",
        "container-title": "Skin",
        "issued": {"date-parts": [[2016]]},
        "volume": "57",
        "issue": "2",
        "page": "4-9",
        "PMID": "23545520",
        "type": "article-journal",
        "custom": {"kind": "research"},
    }


def test_a_number_printed_twice_proves_nothing():
    imported = from_pasted("Is it so?\n\nYes.[1]\n\nReferences\n1. On iron. Blood 2013\n1. On zinc. Skin 2014\n")
    assert imported.proposals == {"1": {"key": "", "by": "printed"}}


def test_identifiers_and_links():
    line = "[On iron](https://example.org/iron). Blood 2013. doi:10.1000/ABC(05)1-2."
    (item,) = from_pasted(f"Is it so?\n\nYes.\n\nSources\n{line}\n").content.references
    assert (item["URL"], item["DOI"], item["title"]) == ("https://example.org/iron", "10.1000/ABC(05)1-2", "On iron")


def test_text_beneath_the_list_is_named():
    imported = from_pasted(
        "Is it so?\n\nYes.\n\nReferences\nResearch\nOn iron.\nBlood, 2013\nLast checked by nobody.\n"
    )
    assert len(imported.content.references) == 1
    assert "Line 9, “Last checked by nobody.”, stood beneath the reference list and was not taken." in imported.notes


def test_authors_may_stand_behind_the_title():
    line = "1. On iron. Inzucchi SE, et al. JAMA. 2014;312(24):2668-2675."
    (item,) = from_pasted(f"Is it so?\n\nYes.\n\nSources\n{line}\n").content.references
    assert (item["author"][0], item["container-title"]) == ({"family": "Inzucchi", "given": "SE"}, "JAMA")


def test_more_than_500_references_are_refused():
    with pytest.raises(ImportRefused, match="at most 500"):
        from_pasted("Is it so?\n\nYes.\n\nReferences\n" + "Research\nOn iron.\nBlood, 2013\n" * 501)
