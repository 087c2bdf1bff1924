"""Pages that were put together once are kept in the process and given out again while nothing they say has changed.

Whether anything has is asked of the database at every request: a page goes out only if its marks, read just now, are
those it was made with. What is kept can therefore be old, but never be shown once it is.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from functools import cached_property
from threading import Lock

from django.http import HttpResponse

from .cached import etag_of

MOST, ROOM = 500, 8 * 2**20  # pages, and bytes of all of them together


@dataclass(frozen=True)
class Page:
    """The bytes of a page, made from what had these `marks`."""

    marks: str
    body: bytes

    @cached_property
    def etag(self) -> str:
        """Its ETag, the same for everybody."""
        return etag_of(self.body)


class Kept:
    """The pages asked for last, by address; at most so many, and so many bytes."""

    def __init__(self, most: int = MOST, room: int = ROOM) -> None:
        self.most, self.room, self.size = most, room, 0
        self._pages: OrderedDict[Hashable, Page] = OrderedDict()
        self._lock = Lock()

    def response(self, address: Hashable, marks: str, make: Callable[[], Page]) -> HttpResponse:
        """The page at `address` if it has these marks, else the one that `make` puts together now."""
        page = self._find(address, marks)
        if page is None:
            page = make()
            self._keep(address, page)
        return HttpResponse(page.body, headers={"ETag": page.etag})

    def _find(self, address: Hashable, marks: str) -> Page | None:
        with self._lock:
            page = self._pages.get(address)
            if page is None or page.marks != marks:
                return None
            self._pages.move_to_end(address)
            return page

    def _keep(self, address: Hashable, page: Page) -> None:
        with self._lock:
            old = self._pages.pop(address, None)
            self.size += len(page.body) - (len(old.body) if old else 0)
            self._pages[address] = page
            while self.size > self.room or len(self._pages) > self.most:
                _, gone = self._pages.popitem(last=False)
                self.size -= len(gone.body)
