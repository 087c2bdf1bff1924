"""What is written: articles, their versions, and what readers are told."""

from .article import Article, Risk, Specialty, State
from .document import Document
from .queries import ArticleQuerySet
from .rendering import Rendering
from .report import Report, Result, Severity
from .search_text import SearchText
from .suspension import Suspension
from .version import Outcome, Version, Waiver

__all__ = [
    "Article",
    "ArticleQuerySet",
    "Document",
    "Outcome",
    "Rendering",
    "Report",
    "Result",
    "Risk",
    "SearchText",
    "Severity",
    "Specialty",
    "State",
    "Suspension",
    "Version",
    "Waiver",
]
