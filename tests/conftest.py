"""Fixtures for every room's tests."""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def shared() -> Path:
    """The real pages and vocabularies beside the project; tests that want them skip in a user's clone."""
    folder = ROOT.parent / "shared"
    if not (folder / "realpages").is_dir():
        pytest.skip("real pages are not here")
    return folder
