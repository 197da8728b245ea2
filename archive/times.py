"""How the archive writes a moment: UTC, ISO 8601 with Z, milliseconds, so that text sorts as time does."""

from __future__ import annotations

from datetime import UTC, datetime


def stamp_of(moment: datetime) -> str:
    """``2026-11-23T02:15:00.000Z`` for an aware ``moment``."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"
