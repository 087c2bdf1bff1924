"""The difference between two texts: whole paragraphs, whole doses, nothing lost."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.text.diff import Block, Part, became, changed_quantities, compare, paragraphs, runs, tokens

WORDS = st.sampled_from(
    ["Give", "5 mg", "2.5 mg", "140/90", "10 %", "[@a]", "[@a; @b]", "daily.", "and", "- x", "# H", "|a|"]
)
TEXT = st.lists(st.lists(WORDS, min_size=1, max_size=8).map(" ".join), max_size=6).map("\n\n".join)
LOOSE = st.text(alphabet="ab 5.mg,\n-#|`>[@];/%", max_size=60)


def kinds(old, new):
    return [(block.kind, block.old, block.new) for block in compare(old, new)]


def side(blocks, op, place):
    """One of the two texts again, from the blocks."""
    own = sorted((block for block in blocks if getattr(block, place) is not None), key=lambda b: getattr(b, place))
    return ["".join(part.text for part in block.parts if part.op in {"same", op}) for block in own]


def test_an_equal_text_has_no_changes():
    assert compare("# A\n\nB c.\nD\n\n- e", "# A\nB c. D\n\n\n- e") == [
        Block("same", [Part("same", "# A")], 0, 0),
        Block("same", [Part("same", "B c. D")], 1, 1),
        Block("same", [Part("same", "- e")], 2, 2),
    ]


def test_words_within_a_changed_paragraph():
    assert compare("Give 5 mg daily, with food.", "Give 2.5 mg daily, never without food.") == [
        Block(
            "changed",
            [
                Part("same", "Give"),
                Part("del", " 5 mg"),
                Part("ins", " 2.5 mg"),
                Part("same", " daily,"),
                Part("del", " with"),
                Part("ins", " never without"),
                Part("same", " food."),
            ],
            0,
            0,
        )
    ]


def test_inserted_deleted_and_moved_paragraphs():
    one, two, three = "First paragraph here.", "Second one stands there.", "Third and last of all."
    assert kinds(f"{one}\n\n{two}", f"{one}\n\n{three}\n\n{two}") == [
        ("same", 0, 0),
        ("inserted", None, 1),
        ("same", 1, 2),
    ]
    assert kinds(f"{one}\n\n{two}\n\n{three}", f"{one}\n\n{three}") == [
        ("same", 0, 0),
        ("deleted", 1, None),
        ("same", 2, 1),
    ]
    assert kinds(f"{one}\n\n{two}\n\n{three}", f"{three}\n\n{one}\n\n{two}") == [
        ("moved", 2, 0),
        ("same", 0, 1),
        ("same", 1, 2),
    ]


def test_a_moved_paragraph_shows_what_changed_in_it():
    moved = compare(
        "A one b two c.\n\nD e f.\n\nGive 5 mg every day.", "Give 6 mg every day.\n\nA one b two c.\n\nD e f."
    )[0]
    assert moved == Block(
        "moved", [Part("same", "Give"), Part("del", " 5 mg"), Part("ins", " 6 mg"), Part("same", " every day.")], 2, 0
    )


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("Give 5 mg.", ["Give", " 5 mg", "."]),
        ("2.5 mg 140/90 10 % 1.25-1.50 mmol/L", ["2.5 mg", " 140/90", " 10 %", " 1.25-1.50 mmol/L"]),
        ("fell [@a; @b], so", ["fell", " [@a; @b]", ",", " so"]),
        ("don't re-use B12", ["don't", " re-use", " B12"]),
    ],
)
def test_tokens_keep_doses_and_citations_whole(text, whole):
    assert tokens(text) == whole


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("5 mg", "2.5 mg"),
        ("5 mg", "5 mg/kg"),
        ("5 mg", "5 g"),
        ("140/90", "140/80"),
        ("10 %", "1 %"),
        ("1,000 mg", "1,500 mg"),
    ],
)
def test_a_dose_is_never_cut(old, new):
    parts = [
        part for block in compare(f"Give {old} now and then.", f"Give {new} now and then.") for part in block.parts
    ]
    assert [(part.op, part.text.strip()) for part in parts if part.op != "same"] == [("del", old), ("ins", new)]


def test_paragraphs_are_what_stands_apart_on_the_page():
    text = "# H\nText\nmore\n\n- a\n  b\n- c\n1. d\n|x|\n|y|\n> q\n```\ncode  x\n\n y\n```\nAfter"
    assert paragraphs(text) == [
        "# H",
        "Text more",
        "- a b",
        "- c",
        "1. d",
        "|x|",
        "|y|",
        "> q",
        "```\ncode  x\n\n y\n```",
        "After",
    ]


def test_a_list_item_that_changes_its_depth_is_a_change():
    assert [block.kind for block in compare("- a\n- give 5 mg", "- a\n  - give 5 mg")] == ["same", "changed"]


def test_changed_quantities_with_their_sentences():
    old = "Rest. Give 5 mg daily. Check at 2 weeks [@a].\n\nPressure 140/90.\n\nGone 7 %."
    new = "Rest. Give 50 mg daily. Check at 2 weeks [@b]. Stop after 3 months.\n\nPressure 140/90."
    assert changed_quantities(old, new) == [
        ("5 mg", "50 mg", "Give 50 mg daily."),
        (None, "3 months", "Stop after 3 months."),
        ("7 %", None, "Gone 7 %."),
    ]


@pytest.mark.parametrize(
    ("marked", "read"),
    [
        ("- Give 50 mg daily [@a].", "Give 50 mg daily."),
        ("  12. Give 50 mg [@a; @b] daily.", "12. Give 50 mg daily."),
        ("> ### Above 50 mg", "Above 50 mg"),
        ("-50 mg is no amount.", "-50 mg is no amount."),
        ("5 mg or 50 mg [see below].", "5 mg or 50 mg [see below]."),
    ],
)
def test_the_sentence_of_a_quantity_is_told_as_people_read_it(marked, read):
    assert {row[2] for row in changed_quantities("", marked)} == {read}


def test_a_moved_or_reworded_paragraph_changes_no_quantity():
    old = "Take 5 mg each day.\n\nSecond paragraph here."
    new = "Second paragraph here.\n\nSwallow 5 mg each day."
    assert changed_quantities(old, new) == []


@given(TEXT | LOOSE, TEXT | LOOSE)
def test_both_texts_come_back_from_the_blocks(old, new):
    blocks = compare(old, new)
    assert side(blocks, "del", "old") == paragraphs(old)
    assert side(blocks, "ins", "new") == paragraphs(new)
    shapes = {"same": {"same"}, "inserted": {"ins"}, "deleted": {"del"}}
    for block in blocks:
        ops = {part.op for part in block.parts}
        assert ops == shapes.get(block.kind, ops)
        assert all(part.text for part in block.parts)


@given(LOOSE)
def test_tokens_joined_are_the_text(text):
    assert "".join(tokens(text)) == text


@given(TEXT, TEXT)
def test_no_changed_part_begins_or_ends_inside_a_number(old, new):
    for block in compare(old, new):
        for left, right in zip(block.parts, block.parts[1:], strict=False):
            if left.op == "same" or right.op == "same":
                assert not (left.text[-1].isdigit() and right.text[0].isdigit())


def test_a_long_text_with_one_edit_is_quick():
    paragraph = "In {0} patients the response was {0}.5 % after treatment with cinacalcet for weeks, as they reported. "
    old = "\n\n".join(paragraph.format(number) * 5 for number in range(20))
    new = old.replace("In 7 patients", "In 8 patients", 1)
    assert len(old.split()) >= 1600
    took = []
    for _ in range(3):
        began = time.perf_counter()
        compare(old, new)
        took.append(time.perf_counter() - began)
    assert min(took) < 0.06


def test_a_hostile_paragraph_does_not_hold_the_page():
    began = time.perf_counter()
    compare("x y " * 1500, "y z x " * 1000)
    assert time.perf_counter() - began < 5


def test_a_text_of_thousands_of_other_paragraphs_is_shown_as_another_text():
    """Without a bound, pairs of all with all would take gigabytes."""
    before = "\n\n".join(f"Old paragraph {place} about drug A." for place in range(2000))
    after = "\n\n".join(f"New paragraph {place} about drug A." for place in range(2000))
    assert {block.kind for block in compare(before, after)} == {"inserted", "deleted"}


def test_a_text_of_very_many_equal_lines_is_compared_at_once() -> None:
    """Held one against the other, each line would fit each: that took minutes."""
    lines = ["- The same."] * 20_000
    blocks = compare("\n".join(lines), "\n".join([*lines, "- Another."]))
    assert [block.kind for block in blocks].count("same") == 20_000
    assert [block.parts[0].text for block in blocks if block.kind != "same"] == ["- Another."]


@pytest.mark.parametrize("step", [1, 7])
def test_very_many_lines_of_a_few_kinds_are_compared_at_once(step: int) -> None:
    """None of them so frequent that it is left out, and each fits hundreds of others: that took minutes."""
    before = [f"- Line {place % 150}." for place in range(30_000)]
    after = [f"- Line {place * step % 150}." for place in range(30_000)]
    blocks = compare("\n".join(before), "\n".join(after))
    assert {block.kind for block in blocks} <= {"same", "moved"}
    assert ({block.kind for block in blocks} == {"same"}) == (step == 1)


def test_a_long_text_keeps_its_changes_where_they_are() -> None:
    """What stands once holds what stands often: the headings their items."""
    before = [line for place in range(1500) for line in (f"# Drug {place}", "- Once daily.", "- With food.")]
    after = [*before[:2000], "- Another.", *before[2000:3000], *before[3001:]]
    changed = [(block.kind, block.parts[0].text) for block in compare("\n".join(before), "\n".join(after))]
    assert [one for one in changed if one[0] != "same"] == [("inserted", "- Another."), ("deleted", before[3000])]


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (0, [(1, False), (1, False), (8, True)]),
        (5, [(4, True), (1, False), (1, False), (1, False), (3, True)]),
        (9, [(8, True), (1, False), (1, False)]),
        (2, [(2, False), (1, False), (1, False), (6, True)]),
    ],
)
def test_long_stretches_without_a_change_are_folded(at: int, expected: list[tuple[int, bool]]) -> None:
    before = [f"Paragraph number {place} about a drug." for place in range(10)]
    after = [*before[:at], f"Paragraph numbered {at} about a drug.", *before[at + 1 :]]
    blocks = compare("\n\n".join(before), "\n\n".join(after))
    found = runs(blocks)
    assert [(len(run.blocks), run.folded) for run in found] == expected
    assert [block for run in found for block in run.blocks] == blocks


@given(TEXT, TEXT)
def test_folding_hides_no_change(old: str, new: str) -> None:
    blocks = compare(old, new)
    assert [block for run in runs(blocks) for block in run.blocks] == blocks
    assert {block.kind for run in runs(blocks) if run.folded for block in run.blocks} <= {"same"}


def test_what_became_of_the_paragraphs_at_a_place():
    old = "# A\n\nGive 5 mg\ndaily.\n\nStop it then.\n\n- one item\n- two items\n\n```\ncode\n```"
    new = "# A\n\nGive 2.5 mg\ndaily.\n\nQuite other words.\n\n- one item\n- two things\n\n```\ncode\n```"
    blocks = compare(old, new)

    def kinds_at(first, last=""):
        begin = old.index(first)
        return [(block.kind, block.old) for block in became(blocks, old, begin, old.index(last or first) + 1)]

    assert kinds_at("# A") == [("same", 0)]
    assert kinds_at("5 mg") == kinds_at("daily") == [("changed", 1)]
    assert kinds_at("Stop") == [("inserted", None), ("deleted", 2)]
    assert kinds_at("two") == [("changed", 4)]
    assert kinds_at("code") == [("same", 5)]
    assert kinds_at("one", "two") == [("same", 3), ("changed", 4)]
    assert became([], old, 0, 1) == []


def test_very_many_quantities_are_told_by_their_number() -> None:
    """Matched one against the other, each would fit hundreds: that took minutes."""
    before = [f"{place % 150} mg" for place in range(30_000)]
    after = [*reversed(before), "7000 mg"]
    assert [row[:2] for row in changed_quantities(" ".join(before), " ".join(after))] == [(None, "7000 mg")]
