"""What a crawl is judged by: ``[health]`` in the data directory's ``gongkai.toml``, for all its portals."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from crawler.platforms.values import Table

Share = Annotated[float, Field(gt=0, le=1)]


class Thresholds(Table):
    """Shares, from 0 to 1, above which a crawl is ``degraded``, and from how many documents on a share says anything.

    ``changed``: of the visited known documents that changed at once, if it is also four times the portal's habit (there
    are portals that count visitors in their texts). ``renumbered``: of those with another index number, an event of
    years. ``gone``: of those that are still listed and answer that they do not exist. ``delisted``: of a directory's
    entries that a whole walk misses. ``lost``: a field is lost when less than this part of the pages that should have
    it do; a redesign takes it from all, a clerk who forgets from a few. ``habit``: a field that fewer pages had is not
    missed.
    """

    least: Annotated[int, Field(ge=1)] = 10
    changed: Share = 0.5
    renumbered: Share = 0.2
    gone: Share = 0.2
    delisted: Share = 0.5
    lost: Share = 0.5
    habit: Share = 0.75


DEFAULTS = Thresholds()
"""What holds where ``gongkai.toml`` says nothing."""
