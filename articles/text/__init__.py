"""The text of an article: pure functions, no database."""
