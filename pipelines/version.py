"""Which code and which profile made a record: where it differs, an old record is no measure of an edit (DESIGN §4)."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from archive import __version__
from pipelines.detail import Detail

# A crawl reads page after page with one and the same profile.
_last: tuple[Detail, str | None, str] | None = None


def extractor_version(detail: Detail, encoding: str | None = None) -> str:
    """``<package version>+<8 hex of the code and vocabularies>.<8 hex of the profile and a forced encoding>``."""
    global _last
    if _last is not None and _last[0] is detail and _last[1] == encoding:
        return _last[2]
    profile = f"{detail.model_dump_json()}\n{encoding or ''}"
    version = f"{__version__}+{code_digest()}.{hashlib.sha256(profile.encode()).hexdigest()[:8]}"
    _last = (detail, encoding, version)
    return version


@lru_cache(maxsize=1)
def code_digest() -> str:
    """Eight hex digits over every source and vocabulary of this package, names included."""
    digest = hashlib.sha256()
    for name, source in sorted(_sources(files("pipelines"), "")):
        digest.update(f"{name}\0{len(source)}\0".encode())
        digest.update(source)
    return digest.hexdigest()[:8]


def _sources(folder: Traversable, prefix: str) -> list[tuple[str, bytes]]:
    found: list[tuple[str, bytes]] = []
    for entry in folder.iterdir():
        name = prefix + entry.name
        if entry.is_dir():
            if entry.name != "__pycache__":
                found += _sources(entry, f"{name}/")
        elif entry.name.endswith((".py", ".tsv", ".toml")):
            found.append((name, entry.read_bytes()))
    return found
