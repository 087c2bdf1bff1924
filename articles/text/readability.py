"""How hard a text is to read, as school grades. A guide for editors, never a gate."""

import re
from dataclasses import dataclass

from .units import SENTENCE, Reading, read

FEWEST_WORDS = 100
HIGHEST_GRADE = 8


@dataclass(frozen=True)
class Readability:
    """Grades by two formulas: the Automated Readability Index and Coleman-Liau; `grade` is their mean."""

    ari: float
    coleman_liau: float
    words: int

    @property
    def grade(self) -> float:
        """The mean of both, to one decimal."""
        return round((self.ari + self.coleman_liau) / 2, 1)


def readability(text: str | Reading) -> Readability | None:
    """The grades of a Markdown text, citations and decimals left out; None under 100 words, where they mean nothing.

    Headings, tables and code do not count; a list item is a sentence.
    Formulas: Smith and Senter 1967 (ARI); Coleman and Liau 1975.
    """
    reading = read(text) if isinstance(text, str) else text
    sentences = [re.sub(r"(?<=\d)[.,]\d+", "", unit.text) for unit in reading.units if unit.kind == SENTENCE]
    words = [word for sentence in sentences for word in re.findall(r"\w[\w'’-]*", sentence)]
    if len(words) < FEWEST_WORDS:
        return None
    characters = sum(char.isalnum() for word in words for char in word)
    letters, per_word = characters / len(words) * 100, len(sentences) / len(words) * 100
    ari = 4.71 * characters / len(words) + 0.5 * len(words) / len(sentences) - 21.43
    return Readability(round(ari, 1), round(0.0588 * letters - 0.296 * per_word - 15.8, 1), len(words))
