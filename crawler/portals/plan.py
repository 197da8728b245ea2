"""From a portal file to what a crawl works with: every override resolved for one directory on one day.

Order: family profile ← portal ← directory ← era ← the era's entry for the directory; tables merge, lists
replace. ``listing`` and ``urls`` belong to a family: where a level names another family, they start again
from that family's profile, so that a selector written for one CMS never reads another. ``detail`` always
merges: columns of different families commonly share one page template.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import date
from typing import Any

from crawler.platforms.loader import load_profile
from crawler.platforms.model import Listing, Profile, Urls
from crawler.portals.merge import layered
from crawler.portals.model import Directory, Era, EraDirectory, Portal
from pipelines.detail import Detail

_UNHASHED = {"enabled", "verified_on", "evidence"}


@dataclass(frozen=True, slots=True)
class DirectoryPlan:
    """One directory on one day. ``url`` is absolute, None where the directory is known by its params alone."""

    portal: Portal
    directory: Directory
    on: date
    family: str
    engine: str
    url: str | None
    listing: Listing
    urls: Urls
    detail: Detail


@dataclass(frozen=True, slots=True)
class _Resolved:
    profile: Profile
    listing: Listing
    urls: Urls
    detail: Detail


def plan(portal: Portal, directory: Directory, on: date) -> DirectoryPlan:
    """The plan of ``directory`` on the day ``on`` (Asia/Shanghai); raises ``ConfigError`` for an unknown
    family.
    """
    era = era_of(portal, on)
    change = _change(era, directory.key)
    resolved = _resolve(portal, directory, era, change)
    if change is not None:
        named = {
            name: getattr(change, name)
            for name in ("name", "url", "params")
            if getattr(change, name) is not None
        }
        directory = directory.model_copy(update=named)
    return DirectoryPlan(
        portal=portal,
        directory=directory,
        on=on,
        family=resolved.profile.family,
        engine=resolved.profile.engine,
        url=portal.absolute(directory.url) if directory.url is not None else None,
        listing=resolved.listing,
        urls=resolved.urls,
        detail=resolved.detail,
    )


def detail_for(portal: Portal, on: date, directory_key: str | None) -> Detail:
    """Where document pages of that directory kept what on that day; an unknown or no key: as the portal
    itself.
    """
    directory = portal.directory(directory_key) if directory_key is not None else None
    era = era_of(portal, on)
    change = _change(era, directory_key) if directory_key is not None else None
    return _resolve(portal, directory, era, change).detail


def era_of(portal: Portal, on: date) -> Era | None:
    """The era in force on ``on``: the first in time whose ``until`` is not before it; None: the present
    layout.
    """
    return next((era for era in sorted(portal.eras, key=lambda era: era.until) if era.until >= on), None)


def config_hash(portal: Portal) -> str:
    """16 hex digits that change when the file or a profile it uses says something else for a crawl."""
    families = {portal.family, *(directory.family for directory in portal.directories)}
    for era in portal.eras:
        families |= {era.family, *(change.family for change in era.directories)}
    said: dict[str, Any] = portal.model_dump(mode="json", by_alias=True, exclude=_UNHASHED)
    profiles = [
        load_profile(name).model_dump(mode="json", by_alias=True) for name in sorted(filter(None, families))
    ]
    canonical = json.dumps([said, profiles], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()[:16]


def _change(era: Era | None, key: str) -> EraDirectory | None:
    if era is None:
        return None
    return next((change for change in era.directories if change.key == key), None)


def _resolve(
    portal: Portal, directory: Directory | None, era: Era | None, change: EraDirectory | None
) -> _Resolved:
    """Lay the levels on each other, starting ``listing`` and ``urls`` again where the family changes."""
    profile = load_profile(portal.family)
    listing, urls = profile.listing, profile.urls
    levels = [level for level in (portal, directory, era, change) if level is not None]
    for level in levels:
        if level.family is not None and level.family != profile.family:
            profile = load_profile(level.family)
            listing, urls = profile.listing, profile.urls
        listing = layered(listing, level.listing)
        urls = layered(urls, level.urls)
    return _Resolved(profile, listing, urls, layered(profile.detail, *(level.detail for level in levels)))
