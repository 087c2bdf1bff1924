"""Drafts and references from files and pasted text: pure parsing, no database."""
