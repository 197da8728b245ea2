"""Writing files so that they are there after a power cut, whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path


def sync_file(path: Path) -> None:
    """Return when what was written to the file is on disk."""
    _sync(path, os.O_RDONLY)


def sync_folder(folder: Path) -> None:
    """Return when the names in the folder are on disk: a new file is not there before that."""
    _sync(folder, os.O_RDONLY | os.O_DIRECTORY)


def replace_file(path: Path, content: bytes) -> None:
    """Give the file this content: until it is on disk, and after a kill, the file is the one before."""
    partial = path.with_name(f"{path.name}.partial")
    partial.write_bytes(content)
    sync_file(partial)
    os.replace(partial, path)  # noqa: PTH105  # what a kill test watches
    sync_folder(path.parent)


def _sync(path: Path, flags: int) -> None:
    descriptor = os.open(path, flags)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
