"""One column that a page or a tree names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Node:
    """A column: ``url`` is absolute, or ``params`` say what it is asked with; ``count`` is how many documents the tree
    says it has; ``parent`` is the name of the column above; ``family`` where the tree itself tells it.
    """

    name: str
    url: str | None = None
    params: Mapping[str, str] = field(default_factory=dict)
    parent: str | None = None
    count: int | None = None
    family: str | None = None
