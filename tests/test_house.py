"""The house keeps its plan (DESIGN §1): arrows between rooms, what each room may know, sizes, docstrings."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
FORBIDDEN = {
    "crawler": set(),
    "pipelines": {"crawler", "sqlite3", "sqlite_utils", "aiohttp", "requests", "httpx", "urllib.request", "http.client"},
    "archive": {
        "crawler", "pipelines", "scrapy", "twisted", "lxml", "bs4", "parsel",
        "aiohttp", "requests", "httpx", "urllib.request", "http.client",
    },
}  # fmt: skip
SCRAPY_IN_PIPELINES = {"pipelines/items.py"}
LONGEST_FILE = 280
LONGEST_FUNCTION = 60


def sources() -> Iterator[tuple[str, Path, ast.Module]]:
    for room in FORBIDDEN:
        for path in sorted((ROOT / room).rglob("*.py")):
            yield room, path, ast.parse(path.read_text(encoding="utf-8"))


def imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "relative imports hide which room a name comes from"
            yield node.module or ""


def within(name: str, modules: set[str]) -> bool:
    return any(name == module or name.startswith(module + ".") for module in modules)


def test_no_room_imports_what_it_must_not_know() -> None:
    wrong = []
    for room, path, tree in sources():
        forbidden = FORBIDDEN[room]
        if room == "pipelines" and path.relative_to(ROOT).as_posix() not in SCRAPY_IN_PIPELINES:
            forbidden = forbidden | {"scrapy", "twisted"}
        wrong += [
            f"{path.relative_to(ROOT)} imports {name}" for name in imported(tree) if within(name, forbidden)
        ]
    assert wrong == []


def test_the_check_sees_a_forbidden_import() -> None:
    tree = ast.parse("import os\nfrom crawler.walks import Walk\n")
    assert [name for name in imported(tree) if within(name, FORBIDDEN["archive"])] == ["crawler.walks"]


def test_files_and_functions_stay_small() -> None:
    long = []
    for _, path, tree in sources():
        lines = path.read_text(encoding="utf-8").count("\n")
        if lines > LONGEST_FILE:
            long.append(f"{path.relative_to(ROOT)}: {lines} lines")
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                size = (node.end_lineno or node.lineno) - node.lineno + 1
                if size > LONGEST_FUNCTION:
                    long.append(f"{path.relative_to(ROOT)}: {node.name} has {size} lines")
    assert long == []


def test_modules_and_public_functions_say_what_they_do() -> None:
    silent = []
    for _, path, tree in sources():
        name = path.relative_to(ROOT).as_posix()
        if tree.body and not ast.get_docstring(tree):
            silent.append(name)
        silent += [f"{name}: {node.name}" for node in _public(tree.body) if not ast.get_docstring(node)]
    assert silent == []


def _public(body: list[ast.stmt]) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef]:
    """Public functions and classes of a module."""
    for node in body:
        if isinstance(
            node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
        ) and not node.name.startswith("_"):
            yield node


@pytest.mark.parametrize("word", ["TODO", "FIXME", "XXX"])
def test_nothing_is_left_for_later(word: str) -> None:
    mark = re.compile(rf"\b{word}\b")
    found = [path for _, path, _ in sources() if mark.search(path.read_text(encoding="utf-8"))]
    assert found == []
