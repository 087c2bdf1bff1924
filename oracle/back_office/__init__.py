"""The back office: Django's admin under this product's roles, in the site's own pages (docs/back-office.md)."""
