"""The order in which answers are archived."""

from __future__ import annotations

import asyncio

from crawler.turns import Turns


def order_of(endings: list[int]) -> list[int]:
    """In which order three turns come when their work is over in the order of ``endings``."""

    async def run() -> list[int]:
        turns, came = Turns(), list[int]()
        ready = [asyncio.Event() for _ in endings]

        async def one(number: int) -> None:
            turn = turns.take()
            await ready[number].wait()
            await turn.come()
            came.append(number)
            turn.end()

        tasks = [asyncio.ensure_future(one(number)) for number in range(len(endings))]
        await asyncio.sleep(0)
        for number in endings:
            ready[number].set()
            for _ in range(10):
                await asyncio.sleep(0)
        await asyncio.gather(*tasks)
        return came

    return asyncio.run(run())


def test_the_order_of_taking_holds_whatever_is_ready_first() -> None:
    assert order_of([2, 1, 0]) == [0, 1, 2]
    assert order_of([1, 0, 2]) == [0, 1, 2]


def test_a_turn_that_is_given_up_lets_the_next_wait_for_those_in_front() -> None:
    async def run() -> list[str]:
        turns, came = Turns(), list[str]()
        first, second, third = turns.take(), turns.take(), turns.take()

        async def last() -> None:
            await third.come()
            came.append("third")
            third.end()

        task = asyncio.ensure_future(last())
        second.end()
        second.end()
        for _ in range(5):
            await asyncio.sleep(0)
        came.append("first")
        first.end()
        await task
        return came

    assert asyncio.run(run()) == ["first", "third"]
