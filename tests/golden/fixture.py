"""A golden fixture: a folder with a page, what extraction must say of it, and where it came from.

``about.toml`` has ``url`` and ``about``, and where the page needs them ``content_type``, ``encoding`` (forced), ``[detail]``
(a profile), ``[listing]``, ``[[parts]]`` (``kind``, ``url``, ``file``) and ``faults``: what of the expected values is known
to be wrong, a sentence each.
"""

from __future__ import annotations

import difflib
import json
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipelines.bundle import Bundle, ListingFacts, Part
from pipelines.detail import Detail
from pipelines.extract import extract

FOLDER = Path(__file__).parent
_UNSTABLE = ("extractor_version",)
_LINES = re.compile(r"(?<=>)(?=<)|\n")


@dataclass(frozen=True)
class Fixture:
    """One folder, read."""

    name: str
    bundle: Bundle
    expected: dict[str, Any]
    faults: tuple[str, ...]


def names() -> list[str]:
    """The names of all fixtures."""
    return sorted(path.parent.name for path in FOLDER.glob("*/about.toml"))


def bundle_of(folder: Path) -> tuple[Bundle, dict[str, Any]]:
    """The bundle that a folder describes, and its ``about.toml``."""
    about = tomllib.loads((folder / "about.toml").read_text("utf-8"))
    parts = tuple(
        Part(
            part["url"], (folder / part["file"]).read_bytes(), part.get("content_type"), part["kind"], number
        )
        for number, part in enumerate(about.get("parts", []), 1)
    )
    page = Part(about["url"], (folder / "page.html").read_bytes(), about.get("content_type"))
    listing = ListingFacts(**about["listing"]) if "listing" in about else None
    detail = Detail.model_validate(about.get("detail", {}))
    return Bundle(page, detail, parts, listing, encoding=about.get("encoding")), about


def load(name: str) -> Fixture:
    """The fixture of this name."""
    folder = FOLDER / name
    bundle, about = bundle_of(folder)
    expected = json.loads((folder / "expected.json").read_text("utf-8"))
    return Fixture(name, bundle, expected, tuple(about.get("faults", ())))


def said(bundle: Bundle) -> dict[str, Any]:
    """What extraction says today, without what changes with every version of the code."""
    record = extract(bundle).to_dict()
    return {key: value for key, value in record.items() if key not in _UNSTABLE}


def write_expected(folder: Path) -> None:
    """Write ``expected.json`` from today's extraction."""
    text = json.dumps(said(bundle_of(folder)[0]), ensure_ascii=False, indent=2)
    (folder / "expected.json").write_text(text + "\n", "utf-8")


def differences(expected: dict[str, Any], found: dict[str, Any]) -> Iterator[str]:
    """Field by field, texts as a unified diff of their lines; nothing where both are equal."""
    for key in dict.fromkeys([*expected, *found]):
        old, new = expected.get(key), found.get(key)
        if old == new:
            continue
        if isinstance(old, str) and isinstance(new, str) and max(len(old), len(new)) > 80:
            yield f"{key}:"
            lines = difflib.unified_diff(
                _LINES.split(old), _LINES.split(new), "expected", "found", n=1, lineterm=""
            )
            yield from (f"    {line}" for line in lines)
        elif isinstance(old, list | dict) and isinstance(new, list | dict):
            yield f"{key}:"
            yield from (
                f"    {line}" for line in difflib.unified_diff(_json(old), _json(new), n=1, lineterm="")
            )
        else:
            yield f"{key}: expected {old!r}, found {new!r}"


def _json(value: Any) -> list[str]:
    return json.dumps(value, ensure_ascii=False, indent=1).splitlines()
