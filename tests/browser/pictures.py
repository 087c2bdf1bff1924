"""Pictures of pages, kept where SCREENSHOTS names a directory; without it nothing is."""

import os
from pathlib import Path

from playwright.sync_api import Page

PICTURES = Path(os.environ["SCREENSHOTS"]) if os.environ.get("SCREENSHOTS") else None
WIDE, PHONE = {"width": 1280, "height": 900}, {"width": 360, "height": 800}


def keep(page: Page, name: str, *, whole: bool = True) -> None:
    """The whole page, or what of it is on the screen."""
    if PICTURES:
        PICTURES.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=PICTURES / f"{name}.png", full_page=whole, animations="disabled")


def keep_in_each_look(page: Page, name: str, *, whole: bool = True) -> None:
    """The page as it stands: light, in the dark, and as on a phone."""
    if PICTURES:
        keep(page, f"{name}-light", whole=whole)
        page.emulate_media(color_scheme="dark")
        keep(page, f"{name}-dark", whole=whole)
        page.emulate_media(color_scheme="light")
        page.set_viewport_size(PHONE)
        keep(page, f"{name}-360", whole=True)
        page.set_viewport_size(WIDE)
