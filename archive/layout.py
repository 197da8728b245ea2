"""Where things lie in a data directory (DESIGN §2): the database, captures, reports, the user's portal files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class DataDirectory:
    """One data directory; nothing is created until a command writes into it."""

    root: Path

    @property
    def database(self) -> Path:
        """``gongkai.db``."""
        return self.root / "gongkai.db"

    @property
    def captures(self) -> Path:
        """The root that ``captures.file`` of the database is relative to."""
        return self.root / "captures"

    @property
    def portals(self) -> Path:
        """The user's own portal files, which override the bundled ones."""
        return self.root / "portals"

    @property
    def reports(self) -> Path:
        """Run reports, one a night."""
        return self.root / "reports"

    @property
    def locks(self) -> Path:
        """Lock files, one a portal."""
        return self.root / "locks"

    def portal_captures(self, portal: str, year: int) -> Path:
        """The folder of one portal's WARC files of one year."""
        return self.captures / portal / str(year)
