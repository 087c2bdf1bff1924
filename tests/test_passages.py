"""A passage is told by its words and those around it, and found again where it is the same: never where it is not."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from articles.text.markdown import render
from articles.text.markup import without_markup
from articles.text.quotes import CONTEXT, Selector, find, letters, places, reader_text, same_words, select

SOURCE = """## Adults

Give **5 mg** a day [@one].  It \\*helps\\* A &amp; B
[@two; @one], they say.

- `one code` and [a link](https://example.org/x_y)
- two \u201cwords\u201d

| drug | dose |
|---|---|
| A | 5 mg [@one] |

```
code  <here>
```

> quoted
> twice
"""
SHOWN = (
    "Adults Give 5 mg a day. It *helps* A & B, they say. one code and a link two “words” drug dose A 5 mg "
    "code <here> quoted twice"
)
LOOSE = st.text(alphabet="ab 5.m,\n-#|`>[@];&*_\\“'\u00a0\U0001f48a", max_size=80)
WORDS = st.lists(
    st.sampled_from(["Give", "5 mg", "2.5 mg", "daily.", "with food", "**and**", "[@a]", "Adults:", "Children:"]),
    min_size=1,
    max_size=30,
).map(" ".join)


def test_the_readers_text_is_what_the_page_shows() -> None:
    assert reader_text(SOURCE).text == SHOWN
    shown = without_markup(render(SOURCE, numbers={"one": 1, "two": 2}, labels={}))
    assert same_words(shown, SHOWN)


def test_each_character_has_its_place_in_the_source() -> None:
    reading = reader_text(SOURCE)
    begin, end = reading.in_source((SHOWN.index("5 mg"), SHOWN.index("they")))
    assert SOURCE[begin:end] == "5 mg** a day [@one].  It \\*helps\\* A &amp; B\n[@two; @one], "
    begin, end = reading.in_source((SHOWN.index("*helps"), SHOWN.index(" A &") + 4))
    assert SOURCE[begin:end] == "\\*helps\\* A &amp; B"[:-2]
    begin, end = reading.in_source((SHOWN.index("A 5 mg") + 2, SHOWN.index(" code <")))
    assert SOURCE[begin:end] == "5 mg"


@given(LOOSE)
def test_any_text_is_read_as_the_page_shows_it(source: str) -> None:
    reading = reader_text(source)
    assert len(reading.text) == len(reading.spans)
    assert same_words(reading.text, without_markup(render(source, numbers=dict.fromkeys("ab@m", 1), labels={})))
    assert reading.text == " ".join(reading.text.split())
    assert all(0 <= begin <= end <= len(source) + 1 for begin, end in reading.spans)


@given(st.one_of(LOOSE, WORDS), st.data())
def test_a_passage_of_an_unchanged_text_is_found_at_its_place(source: str, data: st.DataObject) -> None:
    text = reader_text(source).text
    assume(text)
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    chosen = text[start:end].strip()
    assume(chosen)
    start = text.index(chosen, start)
    place = (start, start + len(chosen))
    wanted = select(text, place)
    others = [other for other in places(text, wanted) if other != place]
    # The same words with the same words around them cannot be told apart: a page asks for more of them.
    assert find(text, wanted) == (None if others else place)


@given(WORDS, WORDS, WORDS, st.sampled_from(["Quite new.", "X", "ZZZZ " * 20]), st.data())
def test_what_is_put_in_elsewhere_does_not_lose_it(
    before: str, chosen: str, after: str, new: str, data: st.DataObject
) -> None:
    before, chosen, after = (reader_text(part).text for part in (before, chosen, after))
    assume(chosen)
    # Far enough from the passage that what stands around it is as it was.
    before, after = f"{before} so it was found in every trial.", f"which is what all of them said {after}"
    text = f"{before} {chosen} {after}"
    wanted = select(text, (len(before) + 1, len(before) + 1 + len(chosen)))
    at = data.draw(st.integers(0, len(before) - CONTEXT))
    changed = f"{before[:at]}{new}{before[at:]} {chosen} {after} {new}"
    start = len(before) + len(new) + 1
    assert find(changed, wanted) == (start, start + len(chosen))


def test_white_space_and_quotation_marks_do_not_decide() -> None:
    text = 'He said "take it", and it was\u00a0taken.'
    assert places(text, Selector("“take  it”,\nand")) == [(8, 22)]
    wanted = select(text, (8, 22))
    assert find("He  said “take it”, and\nit was taken.", wanted) == (9, 23)


@pytest.mark.parametrize(
    ("text", "words", "prefix", "suffix", "found"),
    [
        ("Adults: 5 mg. Children: 5 mg.", "5 mg", "", "", 2),
        ("Adults: 5 mg. Children: 5 mg.", "5 mg", "Children: ", ".", 1),
        ("Adults: 5 mg. Children: 5 mg.", "5 mg", "", ". Children", 1),
        ("Adults: 5 mg. Children: 5 mg.", "50 mg", "", "", 0),
        ("aaaa", "aa", "", "", 3),
        ("a", "", "", "", 0),
    ],
)
def test_words_just_chosen_are_told_apart_by_what_is_around_them(
    text: str, words: str, prefix: str, suffix: str, found: int
) -> None:
    assert len(places(text, Selector(words, prefix, suffix))) == found


ADULTS = "Adults: give 5 mg once daily, with food, for a week. Children: give {} once daily, with food, for a week."


def test_one_dose_is_never_taken_for_another() -> None:
    """The children's dose was spoken of, and is another one now: the adults' is not it, however alike."""
    text = ADULTS.format("5 mg")
    wanted = select(text, (text.rindex("5 mg"), text.rindex("5 mg") + 4))
    assert find(text, wanted) == (text.rindex("5 mg"), text.rindex("5 mg") + 4)
    assert find(ADULTS.format("2 mg"), wanted) is None


def test_a_long_passage_is_found_where_one_side_of_it_has_changed() -> None:
    text = "It is old. Give it only to adults who can swallow. Then wait."
    wanted = select(text, (11, 50))
    moved = text.replace("It is old.", "It is quite new.")
    assert find(moved, wanted) == (17, 56)
    assert find(text.replace("old.", "new.").replace("Then wait.", "Go on."), wanted) is None
    assert find(f"{moved} {text[11:50]}", wanted) is None
    short = select(text, (11, 18))
    assert (text[11:18], find(moved.replace("only", "just"), short)) == ("Give it", None)


def test_what_was_taken_out_is_not_found() -> None:
    text = reader_text(SOURCE).text
    wanted = select(text, (text.index("they"), text.index("they") + 8))
    assert find(reader_text(SOURCE.replace("they say", "we know")).text, wanted) is None


def test_letters_are_what_is_not_blank() -> None:
    assert letters(" a\u00a0b\n\ufeffc ") == 3
