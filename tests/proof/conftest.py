"""The story's portal, and what its archive is night by night when nothing is interrupted."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.proof.nights import Nights


@pytest.fixture(scope="session")
def nights(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nights]:
    """The archives after each night; read only."""
    with Nights.begin(tmp_path_factory.mktemp("nights")) as nights:
        yield nights
