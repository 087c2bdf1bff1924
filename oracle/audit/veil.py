"""The veil: what somebody may not read in the record yet. The application that knows why installs the rule.

An entry under the veil is one of the tables named, of an article that the rule names for the reader, by anybody else.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from oracle.accounts.models import User

# Given the reader and one article (None for all): the articles whose entries by others that reader may not read.
Rule = Callable[[User, int | None], Collection[int]]


@dataclass
class _Installed:
    rule: Rule
    about: frozenset[str]


@dataclass(frozen=True)
class Veil:
    """What is hidden from one reader; a veil over no article hides nothing."""

    reader: int
    articles: frozenset[int]
    about: frozenset[str]

    def hides(self, about: str, article: int | None, person: int | None) -> bool:
        """Is this entry hidden?"""
        return about in self.about and article in self.articles and person != self.reader


_installed = _Installed(lambda reader, article: (), frozenset())


def install(rule: Rule, *, about: Collection[str]) -> None:
    """Ask `rule` from now on; `about` are the names of the models whose entries it hides."""
    _installed.rule, _installed.about = rule, frozenset(about)


def veil_of(reader: User, article: int | None = None) -> Veil:
    """The veil before a reader, over one article or over all."""
    return Veil(reader.pk, frozenset(_installed.rule(reader, article)), _installed.about)
