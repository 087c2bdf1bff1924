"""Citations are found where authors put them, and nowhere else; numbers of a draft become citations exactly."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.text.citations import NumberSpot, keys_in, match_numbers, number_spots, numbers_in, unreadable
from articles.text.parsing import numbers_of

DRAFT = st.text(alphabet="ab[]@;|-# \n`*_\\>1234.,&!()<:", max_size=80)


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("PTH fell [@deen2019].", ["deen2019"]),
        ("[@b; @a] and [@a;@c]", ["b", "a", "c"]),
        ("**bold [@in]** and *[@em]*", ["in", "em"]),
        ("# Heading [@h]\n\n- item [@li]\n\n> quote [@q]\n\n|a|\n|-|\n|cell [@td]|", ["h", "li", "q", "td"]),
        ("[@smith:2019a.b-c_d]", ["smith:2019a.b-c_d"]),
        ("[@a](see below)", ["a"]),
        ("[@a]: as a definition", ["a"]),
        ("two\nlines [@a;\n@b]", ["a", "b"]),
        ("`[@code]` and ``x [@code]``", []),
        ("```\n[@fence]\n```", []),
        (r"\[@escaped]", []),
        ("[@a](https://example.org)", []),
        ("<https://example.org/[@a]>", []),
        ("[@1abc] [@] [@a;] [@a, p. 3] [ @a ] [@a.] [@a:] a@b.org", []),
        ("", []),
    ],
)
def test_keys_are_found_in_text_alone(text, keys):
    assert keys_in(text) == keys


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("a [1] b [2,4] c [3-5]", [1, 2, 4, 3, 5]),
        ("[1, 2; 3] [6–8]", [1, 2, 3, 6, 7, 8]),
        ("`[1]` \\[2\\] [3](https://example.org) [4](here)", [4]),
        ("[0] [9-3] [1-99] [1.5] [2019] [a1] []", []),
        ("[@key] [@key2]", []),
    ],
)
def test_bare_numbers_are_found_in_text_alone(text, numbers):
    assert numbers_in(text) == numbers


def test_a_range_is_written_out():
    assert numbers_of("[2-4,7]") == [2, 3, 4, 7]


def test_spots_say_where_a_number_stands_and_in_which_sentence():
    text = "First. PTH fell by half in 26 studies [2,4]. Next [1]."
    assert number_spots(text) == [
        NumberSpot(2, 38, 43, "PTH fell by half in 26 studies [2,4]."),
        NumberSpot(4, 38, 43, "PTH fell by half in 26 studies [2,4]."),
        NumberSpot(1, 50, 53, "Next [1]."),
    ]


def test_a_number_after_the_full_stop_belongs_to_the_sentence_before():
    assert [spot.sentence for spot in number_spots("PTH fell.[1] Calcium rose. [2] End.")] == [
        "PTH fell.[1]",
        "Calcium rose. [2]",
    ]


@pytest.mark.parametrize(
    ("text", "matched"),
    [
        ("x [2,4].", "x [@a; @b]."),
        ("x [2,3].", "x [@a][3]."),
        ("x [3].", "x [3]."),
        ("x [2-4]", "x [@a; @b][3]"),
        ("x [2] y [2]", "x [@a] y [@a]"),
        ("`[2]` \\[2\\] [2](https://example.org)", "`[2]` \\[2\\] [2](https://example.org)"),
        ("- one [2]\n  two\n\n> three [4]", "- one [@a]\n  two\n\n> three [@b]"),
        ("|h|i|\n|-|-|\n|p\\|q [2]|[4] x|", "|h|i|\n|-|-|\n|p\\|q [@a]|[@b] x|"),
        ("[5,6]", "[@c]"),
    ],
)
def test_matched_numbers_become_citations_and_others_stay(text, matched):
    assert match_numbers(text, {2: "a", 4: "b", 5: "c", 6: "c"}) == matched


def test_what_looks_like_a_citation_but_is_none_is_reported():
    assert unreadable("x [@a, p. 3] and [@ok] `[@a, b]`") == [(2, "[@a, p. 3] and ")]


@given(DRAFT)
def test_every_spot_is_a_group_of_numbers_in_the_source(text):
    for spot in number_spots(text):
        group = text[spot.start : spot.end]
        assert group.startswith("[")
        assert group.endswith("]")
        assert spot.number in numbers_of(group)


@given(DRAFT)
def test_matching_every_number_leaves_none_and_cites_each(text):
    keys = {number: f"key{number}" for number in range(1, 200)}
    numbers = numbers_in(text)
    matched = match_numbers(text, keys)
    assert [number for number in numbers_in(matched) if number < 200] == []
    assert {f"key{number}" for number in numbers if number < 200} <= set(keys_in(matched))
    assert match_numbers(text, {}) == text
