"""Suggested words go into the source only where nothing but the passage changes by it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.text.citations import keys_in
from articles.text.quotes import Selector, places, reader_text, same_words
from articles.text.suggestions import replaced

SOURCE = """## Evidence

Drug A at **5 mg** daily lowered *pressure* in 40 adults [@one]. It was stopped.

See [the guideline](https://example.org/a) for more [@two; @one].

- item one [@one]
  more
- item two

| a | b |
|---|---|
| x | z |

The last one.
"""


def change(words: str, new: str, source: str = SOURCE) -> str | None:
    (place,) = places(reader_text(source).text, Selector(words))
    return replaced(source, place, new)


@pytest.mark.parametrize(
    ("words", "new", "was", "becomes"),
    [
        ("5 mg", "10 mg", "**5 mg**", "**10 mg**"),
        ("5 mg daily", "10 mg a day", "**5 mg** daily", "10 mg a day"),
        ("at 5 mg daily", "once", "at **5 mg** daily", "once"),
        ("lowered pressure", "made it *less*", "lowered *pressure*", "made it *less*"),
        ("the guideline", "this", "[the guideline]", "[this]"),
        ("item two", "item <2>", "- item two", "- item <2>"),
        ("item one more", "item 1", "item one [@one]\n  more", "item 1 [@one]"),
        ("x", "y &  z", "| x |", "| y & z |"),
    ],
)
def test_words_take_the_place_of_a_passage(words: str, new: str, was: str, becomes: str) -> None:
    assert SOURCE.count(was) == 1
    assert change(words, new) == SOURCE.replace(was, becomes)


@pytest.mark.parametrize(
    ("words", "new", "becomes"),
    [
        ("in 40 adults. It was", "in 44. It was", "in 44. It was [@one] stopped."),
        ("in 40 adults.", "in 44.", "in 44 [@one]. It was stopped."),
        ("in 40 adults.", "in “44”?", "in “44” [@one]? It was stopped."),
        ("in 40 adults.", "in 44 [@three].", "in 44 [@three]. It was stopped."),
        ("in 40 adults", "in 44", "in 44 [@one]. It was stopped."),
        ("in 40 adults", "in 44 [@three]", "in 44 [@three] [@one]. It was stopped."),
        ("in 40 adults.", "", " It was stopped."),
    ],
)
def test_citations_stay_unless_others_are_named_or_nothing_is_left(words: str, new: str, becomes: str) -> None:
    old = "in 40 adults [@one]. It was stopped."
    assert change(words, new) == SOURCE.replace(old, becomes).replace("pressure*  It", "pressure* It")


@pytest.mark.parametrize(
    ("words", "new"),
    [
        ("Evidence Drug A", "Drug A"),
        ("It was stopped. See", "See"),
        ("item one more item", "x"),
        ("x z", "x"),
        ("guideline for", "one for"),
        ("See the guideline for", "For"),
        ("See the guideline for more.", ""),
        ("item two", ""),
        ("item two", "- item"),
        ("x", "p | q"),
        ("The last one.", "1. one"),
        ("The last one.", "# One"),
        ("The last one.", "*"),
    ],
)
def test_where_more_would_change_nothing_does(words: str, new: str) -> None:
    assert change(words, new) is None


def test_a_passage_is_taken_out_with_its_blank_or_its_paragraph() -> None:
    assert change("It was stopped.", "") == SOURCE.replace(" It was stopped.", "")
    assert change("The last one.", "") == SOURCE.removesuffix("\nThe last one.\n")
    first = "Drug A at **5 mg** daily lowered *pressure* in 40 adults [@one]. It was stopped.\n\n"
    whole = "Drug A at 5 mg daily lowered pressure in 40 adults. It was stopped."
    assert change(whole, "") == SOURCE.replace(first, "")
    assert change("One.", "", "One.\n\nTwo.\n") == "Two.\n"
    assert change("Two.", "", "One.\n\nTwo.\n\nThree.") == "One.\n\nThree."


LOOSE = st.text(alphabet="ab 5.m,\n-#|`>[@];&*_\\“'()/:", max_size=80)


@given(LOOSE, LOOSE, st.data())
def test_whatever_is_suggested_only_the_passage_changes(source: str, new: str, data: st.DataObject) -> None:
    text = reader_text(source).text
    if not text:
        return
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    changed = replaced(source, (start, end), new)
    if changed is not None:
        words = reader_text(" ".join(new.split())).text
        assert same_words(reader_text(changed).text, text[:start] + words + text[end:])
        assert set(keys_in(changed)) <= set(keys_in(source)) | set(keys_in(" ".join(new.split())))
