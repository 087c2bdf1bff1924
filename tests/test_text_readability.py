"""Readability: two published formulas, a guide for editors."""

import pytest

from articles.text.readability import readability

EASY = "You can take it with food. " * 25
HARD = (
    "Hypocalcaemia necessitates discontinuation notwithstanding concomitant administration of calcimimetic "
    "pharmacotherapy in haemodialysis populations. "
) * 10


def grades(words, characters, sentences):
    ari = 4.71 * characters / words + 0.5 * words / sentences - 21.43
    coleman_liau = 5.88 * characters / words - 29.6 * sentences / words - 15.8
    return round(ari, 1), round(coleman_liau, 1)


def test_the_formulas():
    found = readability(EASY)
    # "You can take it with food": 6 words, 3 + 3 + 4 + 2 + 4 + 4 = 20 letters.
    assert (found.ari, found.coleman_liau) == grades(150, 500, 25)
    assert found.words == 150
    assert found.grade == round((found.ari + found.coleman_liau) / 2, 1)


def test_easy_is_below_grade_eight_and_hard_above():
    assert readability(EASY).grade < 8 < readability(HARD).grade


@pytest.mark.parametrize("text", ["", "word " * 99, "# " + "word " * 200, "|a|\n|-|\n|" + "word " * 200 + "|"])
def test_too_few_words_give_no_grade(text):
    assert readability(text) is None


def test_a_hundred_words_do():
    assert readability("word " * 100).words == 100


def test_citations_marks_and_decimals_do_not_count():
    plain = "You can take 5 mg with food. " * 20
    marked = "You can take **5.25 mg** with [@smith2019; @jones] food. " * 20
    assert readability(marked) == readability(plain)


def test_a_list_item_is_a_sentence():
    assert readability("- you can take it with food\n" * 25) == readability(EASY)
