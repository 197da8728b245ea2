"""Portal files for tests, written as a user writes them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from archive.layout import DataDirectory

HEAD = """
schema = 1
name = "样例市人民政府"
family = "trs-static"
base_url = "https://www.example.gov.cn/"
"""
DIRECTORY = """
[[directories]]
key = "nianbao"
name = "信息公开年度报告"
url = "/zwgk/nianbao/"
"""


@pytest.fixture
def data(tmp_path: Path) -> DataDirectory:
    return DataDirectory(tmp_path / "data")


@pytest.fixture
def write(data: DataDirectory) -> Callable[..., Path]:
    """``write(text, name)`` puts a portal file among the user's own."""

    def put(text: str | bytes, name: str = "sample.toml") -> Path:
        data.portals.mkdir(parents=True, exist_ok=True)
        file = data.portals / name
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        return file

    return put
