"""What a check finds, and how it says how far it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, Literal

RESTORE = "restore the database from a backup"

Progress = Callable[[str, int, int | None], None]
"""Told what is being checked, how many of it are done, and how many there are (None: not known)."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, in one sentence that names file and offset, or table and row, and what to do.

    ``severity`` ``info`` is no fault: bytes that nothing refers to. ``check`` names the check that found it;
    ``documents`` are the uids of the documents that were read from the bytes in question.
    """

    check: str
    severity: Literal["error", "info"]
    message: str
    file: str | None = None
    offset: int | None = None
    documents: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """As ``gongkai verify --json`` prints it."""
        return asdict(self) | {"documents": list(self.documents)}


def silent(what: str, done: int, total: int | None) -> None:
    """A :data:`Progress` that nobody reads."""
