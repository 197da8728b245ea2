"""What extraction tells while it works, when somebody listens: its own candidates, scores and choices, as it had them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lxml.etree import _Element

if TYPE_CHECKING:
    from pipelines.body.find import Body
    from pipelines.body.segments import Segments
    from pipelines.metadata.read import Metadata

_MOST_WEIGHED = 8


@dataclass(frozen=True, slots=True)
class Weighed:
    """A block that was weighed as the body: ``mass`` are its characters of running text, ``chars`` all of them."""

    element: _Element
    score: float
    mass: int
    chars: int


@dataclass(slots=True)
class BodyTrace:
    """How one body was found: the profile's selectors and what each matched, the blocks weighed, the lines trimmed."""

    url: str = ""
    selectors: list[tuple[str, int, bool]] = field(default_factory=list)
    weighed: list[Weighed] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    trimmed: list[tuple[str, str]] = field(default_factory=list)
    body: Body | None = None

    def saw_blocks(self, lines: Segments, mass: Sequence[int], scores: Iterable[tuple[float, int]]) -> None:
        """The blocks with the best scores."""
        for score, number in sorted(scores, reverse=True)[:_MOST_WEIGHED]:
            start, stop = lines.start[number], lines.stop[number]
            block = Weighed(lines.nodes[number], score, sum(mass[start:stop]), sum(lines.chars[start:stop]))
            self.weighed.append(block)

    def trims(self, lines: Segments, out: Mapping[int, str]) -> None:
        """The lines that are taken out as furniture, each with why."""
        self.trimmed += [(lines.text[number], why) for number, why in sorted(out.items())]


@dataclass(slots=True)
class Trace:
    """Everything that one extraction told: ``metadata`` with all candidates and groups, and its bodies in order."""

    metadata: Metadata | None = None
    bodies: list[BodyTrace] = field(default_factory=list)

    def new_body(self, url: str) -> BodyTrace:
        """Listen to one more search for a body, on the page or part at ``url``."""
        self.bodies.append(BodyTrace(url))
        return self.bodies[-1]
