"""The directory that an address lies under, for pages that no listing of ours names."""

from __future__ import annotations

from datetime import date
from urllib.parse import urlsplit

from crawler.portals.model import Portal
from crawler.portals.plan import era_of


def nearest_directory(portal: Portal, url: str, on: date) -> str | None:
    """The key of the directory in whose folder ``url`` lies on that day, the deepest of several; None: in none's.

    A directory at the root of its host has no folder: everything lies under it. ``url`` must be one that
    :func:`urllib.parse.urlsplit` takes.
    """
    era = era_of(portal, on)
    changes = {change.key: change.url for change in era.directories} if era is not None else {}
    target = urlsplit(url)
    best: tuple[int, str] | None = None
    for directory in portal.directories:
        address = changes.get(directory.key) or directory.url
        if address is None:
            continue
        own = urlsplit(portal.absolute(address))
        folder = own.path[: own.path.rfind("/") + 1]
        under = own.netloc.lower() == target.netloc.lower() and target.path.startswith(folder)
        if under and len(folder) > 1 and (best is None or len(folder) > best[0]):
            best = len(folder), directory.key
    return best[1] if best is not None else None
