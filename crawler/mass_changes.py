"""Implausible shares of documents that went at once: one reason for the operator, whatever the number of documents."""

from __future__ import annotations

from sqlite_utils import Database

from archive.crawling.mass import delisted, vanished
from crawler.portals.model import Portal
from crawler.thresholds import Thresholds


def mass_changes(db: Database, portal: Portal, crawl_id: str, limits: Thresholds) -> list[str]:
    """Sentences about a crawl whose visits are archived; empty where what went is what goes on any day.

    They hold nothing back: an absence is believed on three days only, so there are two nights to look at it.
    """
    found = []
    went = vanished(db, crawl_id)
    if went.gone >= limits.least and went.gone > limits.gone * went.visited:
        found.append(
            f"{went.gone} of {went.visited} known documents that are still listed are gone at once, for example"
            f" {went.url}: the portal has probably moved or broken them; they are withdrawn when it says so on three"
            " days, so look at it before"
        )
    for one in delisted(db, crawl_id):
        if one.lost < limits.least or one.lost <= limits.delisted * one.total:
            continue
        directory = portal.directory(one.directory)
        name = directory.name if directory is not None else one.directory
        found.append(
            f"{name}: {one.lost} of {one.total} entries are no longer listed: the listing was probably cut short or"
            f" rearranged; look at it, and run `gongkai portals check {portal.id}`"
        )
    return found
