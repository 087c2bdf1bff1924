"""Markdown drafts: every value lands in its place, every mistake is named with its line."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from articles.importing.files import read_file
from articles.importing.imported import ImportRefused
from articles.importing.markdown_file import KEYS, NO_FRONT_MATTER, from_markdown

SAMPLES = Path(__file__).parent / "samples"
DOCS = Path(__file__).parent.parent / "docs" / "importing.md"


def refusal(front: str, body: str = "Text.") -> tuple[int | None, str]:
    """How a file with a question on line 2 and `front` from line 3 on is refused."""
    with pytest.raises(ImportRefused) as refused:
        from_markdown(f"---\nquestion: Why?\n{front}\n---\n{body}")
    return refused.value.line, refused.value.reason


def test_a_whole_draft_is_read():
    imported = read_file(SAMPLES / "draft_numbers.md")
    content = imported.content
    assert content.question == "Should oral iron be taken every day?"
    assert content.direct_answer.startswith("It depends. ")
    assert content.title == "Daily or alternate-day iron"
    assert content.professional.startswith("## Evidence\n\nOne tablet a day")
    assert content.professional.endswith("again later [3].")
    assert content.plain == "Ask your doctor whether to take iron every day or every other day [2]."
    assert content.evidence == [{"key": "society2020", "quote": "One tablet is given.", "place": "p. 12"}]
    assert content.abbreviations == {"Hb": "haemoglobin"}
    assert content.ai_use == {"level": "drafted", "tool": "a language model", "purpose": "first draft"}
    assert content.funding == "none"
    assert imported.slug == "oral-iron-every-day"
    assert imported.specialties == ["haematology", "general-medicine"]
    assert imported.risk == "standard"


def test_references_in_the_short_form_become_csl():
    assert read_file(SAMPLES / "draft_numbers.md").content.references == [
        {
            "id": "example2017",
            "type": "article-journal",
            "title": "Alternate-day dosing of iron in a sample trial",
            "container-title": "Journal of Samples",
            "issued": {"date-parts": [[2017]]},
            "author": [
                {"family": "Example", "given": "A"},
                {"family": "Sample", "given": "Beatrice"},
                {"literal": "Society of Samples"},
            ],
            "DOI": "10.1000/sample.2",
            "custom": {"kind": "research"},
        },
        {
            "id": "society2020",
            "type": "article-journal",
            "title": "Sample guideline on iron deficiency",
            "container-title": "Sample Guidelines",
            "issued": {"date-parts": [[2020]]},
            "page": "10-19",
            "custom": {"kind": "guideline"},
        },
    ]


def test_printed_numbers_propose_and_position_does_not():
    imported = read_file(SAMPLES / "draft_numbers.md")
    assert imported.proposals == {
        "1": {"key": "society2020", "by": "printed"},
        "2": {"key": "example2017", "by": "printed"},
        "3": {"key": "", "by": "none"},
    }
    assert imported.notes == ["No reference in the list stands for [3]."]


def test_without_printed_numbers_position_is_a_guess():
    imported = from_markdown(
        "---\nquestion: Why?\nreferences:\n- {id: a1, title: One}\n- {id: b2, title: Two, kind: label}\n---\nSo [2-3]."
    )
    assert imported.proposals == {"2": {"key": "b2", "by": "position"}, "3": {"key": "", "by": "none"}}
    assert imported.notes[0] == "Reference 1 has no kind; it was taken as other."
    assert "only a guess for [2]" in imported.notes[1]


def test_keys_need_no_proposal_and_an_unknown_one_is_named():
    imported = from_markdown(
        "---\nquestion: Why?\nreferences: [{id: a1, title: One, kind: label}]\n---\nSo [@a1; @b2]."
    )
    assert imported.proposals == {}
    assert imported.notes == ["Cited, but not in the list of references: [@b2]."]
    assert imported.content.professional == "So [@a1; @b2]."


def test_csl_items_are_taken_as_they_are():
    imported = from_markdown(
        "---\nquestion: Why?\nreferences:\n- id: a1\n  type: article-journal\n  title: One\n"
        "  author: [{family: Deen, given: J}]\n  issued: {date-parts: [[2015, 3]]}\n  custom: {kind: research}\n---\n"
    )
    assert imported.content.references == [
        {
            "id": "a1",
            "type": "article-journal",
            "title": "One",
            "author": [{"family": "Deen", "given": "J"}],
            "issued": {"date-parts": [[2015, 3]]},
            "custom": {"kind": "research"},
        }
    ]


def test_scalars_are_the_text_that_was_typed():
    content = from_markdown("---\nquestion: No\ntitle: 2015-03-01\nfunding: 1.50\n---\nText.").content
    assert (content.question, content.title, content.funding) == ("No", "2015-03-01", "1.50")


def test_the_slug_follows_from_the_question():
    assert from_markdown("---\nquestion: Is Ménière’s disease common?\n---\n").slug == "is-menieres-disease-common"


def test_plain_wording_may_stand_in_the_front_matter():
    content = from_markdown("---\nquestion: Why?\nplain: |\n  One.\n\n  Two.\n---\n\nText.\n").content
    assert (content.professional, content.plain) == ("Text.", "One.\n\nTwo.")


def test_a_heading_in_code_divides_nothing():
    body = "```\n# Plain wording\n```"
    content = from_markdown(f"---\nquestion: Why?\n---\n{body}").content
    assert (content.professional, content.plain) == (body, "")


def test_a_file_without_front_matter_is_read_as_pasted_text():
    imported = from_markdown("Why?\n\nBecause.\n")
    assert (imported.content.question, imported.content.direct_answer) == ("Why?", "Because.")
    assert imported.notes[0] == NO_FRONT_MATTER


@pytest.mark.parametrize(
    ("front", "line", "words"),
    [
        ("colour: red", 3, "“colour” is not a key of the front matter"),
        ("title: a\ntitle: b", 4, "second time"),
        ("title: [a, b]", 3, "“title” must be text"),
        ("title: " + "a" * 301, 3, "301 characters; at most 300"),
        ("references: none", 3, "“references” must be a list"),
        ("references:\n- title: a\n- just text", 5, "“references” must be made of lines like"),
        ("references:\n- title: a\n  colour: red", 5, "“colour” is not a key of references"),
        ("references:\n- kind: research", 4, "Reference 1 has no title."),
        ("references:\n- title: a\n  kind: blog", 4, "has the kind “blog”"),
        ("references:\n- title: a\n  year: soon", 5, "“year” is four digits"),
        ("references:\n- title: a\n  year: 20155", 5, "“year” is four digits"),
        ("references:\n- title: a\n  doi: nonsense", 4, "has a DOI that is not one"),
        ("references:\n- title: a\n  pmid: 0", 4, "has a PMID that is not one"),
        ("references:\n- title: a\n  url: javascript:alert(1)", 4, "has a URL that is not one"),
        ("references:\n- title: a\n  journal: b\n  container-title: c", 6, "“container-title” twice"),
        ("references:\n- title: a\n  number: 0", 5, "whole number from 1"),
        ("references:\n- title: a\n  number: 1\n- title: b\n  number: 1", 7, "have the number 1"),
        ("references:\n- title: a\n  id: 1a", 5, "cannot be a citation key"),
        ("references:\n- title: a\n  id: x\n- title: b\n  id: x", 7, "have the id “x”"),
        ("references: [" + "{title: a}," * 501 + "]", 3, "at most 500"),
        ("evidence:\n- key: x\n  quote: y", 4, "which no reference has"),
        ("slug: Not A Slug", 3, "“slug” is made of"),
        ("specialties: [General Medicine]", 3, "A specialty is written"),
        ("risk: enormous", 3, "“risk” is standard or high, not “enormous”."),
        ("ai_use: {tool: x}", 3, "no “level”"),
        ("ai_use: {level: some}", 3, "“level” is none or assisted or drafted"),
        ("abbreviations: [Hb]", 3, "“abbreviations” must be made of lines"),
        ("title: &a b", 3, "Anchors"),
        ("title: *a", 3, "Anchors"),
        ("title: !!python/object/apply:os.system [ls]", 3, "Tags"),
        ("title: " + "[" * 40, 3, "levels deep"),
        ("title: 'open", 3, "not YAML"),
        ("title: a: b", 3, "not YAML"),
        ("? [a]\n: b", 3, "A key must be a word"),
    ],
)
def test_mistakes_in_the_front_matter_are_named_with_their_line(front: str, line: int, words: str):
    found_line, reason = refusal(front)
    assert words in reason
    assert found_line == line


def test_mistakes_around_the_front_matter():
    assert refusal("plain: a", "# Plain wording\n\nb") == (
        3,
        "The plain wording stands twice: here and under “# Plain wording”. Keep one.",
    )
    assert refusal("title: a", "# Plain wording\n\nb\n\n# plain wording\n") == (
        9,
        "“# Plain wording” stands here a second time. Keep one.",
    )
    with pytest.raises(ImportRefused, match="never closed"):
        from_markdown("---\nquestion: Why?\n")
    with pytest.raises(ImportRefused, match="has no “question”"):
        from_markdown("---\ntitle: a\n---\n")
    with pytest.raises(ImportRefused, match="lines like “question"):
        from_markdown("---\n- a\n---\n")


def test_aliases_cannot_grow():
    bomb = "a: &a [x, x]\n" + "".join(f"b{n}: &b{n} [*a, *a]\n" for n in range(20))
    assert refusal(bomb)[0] == 3


def test_the_documents_example_is_read_without_a_question_left():
    example = DOCS.read_text().split("````markdown\n")[1].split("````")[0]
    imported = from_markdown(example)
    assert imported.notes == []
    assert [proposal["by"] for proposal in imported.proposals.values()] == ["printed", "printed"]


def test_the_document_lists_every_key():
    rows = [line.split("`")[1] for line in DOCS.read_text().split("\n") if line.startswith("| `")]
    assert sorted(rows) == sorted(KEYS)


FRONT_LINES = r"""title: a|slug: a-b|risk: high|references:|- title: x|  number: 3|  year: 2015|- {title: y}|plain: a
abbreviations: {a: b}|specialties: a|evidence: []|ai_use: {level: none}|"\Uffffffff"|%YAML 9.9|--- a|title: "open|<<: *a
? a|: b|- |  id: x1|title: |2|  authors: Deen J, Schaider H|direct_answer: so [1]"""
FRONT = st.lists(st.sampled_from(FRONT_LINES.replace("\n", "|").split("|")), max_size=10).map("\n".join)


@settings(max_examples=600, deadline=None)
@given(st.one_of(FRONT, st.text(max_size=80)), st.text(max_size=120))
def test_nothing_crashes_and_no_body_is_changed(front: str, body: str):
    text = f"---\nquestion: Why?\n{front}\n---\n{body}"
    try:
        imported = from_markdown(text)
    except ImportRefused:
        return
    imported.content.sha256()
    if "---" not in front and "..." not in front and "plain wording" not in body.lower():
        ends = body.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
        assert imported.content.professional == ends.strip("\n")


@pytest.mark.parametrize("escape", ["\\0", "\\ud800", "\\x07"])
def test_a_control_character_written_as_an_escape_is_refused_with_its_line(escape: str) -> None:
    with pytest.raises(ImportRefused) as refused:
        from_markdown(f'---\nquestion: "Is a{escape}b?"\n---\n\nText.\n')
    assert refused.value.line == 2
