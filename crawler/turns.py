"""Answers are archived in the order in which they came, however long each takes to be read.

What a page is (a new document, another address of a known one, a reused number) depends on the visits before it
(DESIGN §4). A rebuild replays captures by their time, so a crawl that reads several pages at once must not let the
second overtake the first.
"""

from __future__ import annotations

import asyncio


class Turn:
    """One answer's place in the order."""

    def __init__(self, before: asyncio.Future[None] | None):
        self._before = before
        self.over: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def come(self) -> None:
        """Wait until every earlier turn is over."""
        if self._before is not None:
            await asyncio.shield(self._before)
            self._before = None

    def end(self) -> None:
        """Let the next one go on; may be called more than once."""
        if self.over.done():
            return
        if self._before is None or self._before.done():
            self.over.set_result(None)
        else:  # given up before it came: the next one still waits for those in front
            self._before.add_done_callback(lambda _: self.end())


class Turns:
    """The order of one portal's answers."""

    def __init__(self) -> None:
        self._last: asyncio.Future[None] | None = None

    def take(self) -> Turn:
        """The next place."""
        turn = Turn(self._last if self._last is not None and not self._last.done() else None)
        self._last = turn.over
        return turn
