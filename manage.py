#!/usr/bin/env python
"""Command-line entry point."""

import os
import secrets
import sys

# These make a site, or bring one back, where there is no SECRET_KEY yet: `setup` keeps this one in the site's file.
BEFORE_THE_KEY = {"setup", "restore"}


def main() -> None:
    """Run one management command."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "oracle.settings")
    if sys.argv[1:2] and sys.argv[1] in BEFORE_THE_KEY:
        os.environ.setdefault("SECRET_KEY", secrets.token_urlsafe(50))
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
