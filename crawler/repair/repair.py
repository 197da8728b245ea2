"""A portal's repair from end to end: material in, a new portal file and its judgement out. Nothing is written here."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from crawler.portals.merge import merged
from crawler.portals.model import Portal
from crawler.repair.eras import parsed, with_era
from crawler.repair.judgement import FieldRow, field_rows, refusals
from crawler.repair.material import Material
from crawler.repair.proposal import ListingCase, listing_values, propose_details, propose_listings


@dataclass(frozen=True)
class Repair:
    """``text``: the portal file with the new era, of which ``values`` are the keys; empty where nothing was found.
    ``reasons``: why it is refused; none: it is a repair."""

    since: date
    values: dict[str, Any]
    text: str
    portal: Portal
    rows: list[FieldRow]
    listings: list[ListingCase]
    reasons: list[str] = field(default_factory=list)


def repair(
    portal: Portal,
    text: str,
    material: Material,
    today: date,
    labels: dict[str, str],
    given_up: Collection[str],
) -> Repair:
    """What would mend ``portal``, whose file says ``text``; raises :class:`ConfigError` where no era can be added.

    ``labels`` name fields in the reasons, ``given_up`` are fields that the new layout need not have.
    """
    cases = propose_listings(material, given_up)
    values = merged(
        propose_details(portal, material), listing_values(cases, [item.key for item in portal.directories])
    )
    changed = portal
    if values:
        evidence = f"gongkai portals repair {today}, {len(material.new)} pages, {len(cases)} listings"
        text = with_era(text, portal, material.since, values, evidence)
        changed = parsed(text, portal.id)
    rows = field_rows(portal, changed, material.old, material.new)
    return Repair(material.since, values, text, changed, rows, cases, refusals(rows, cases, labels, given_up))
