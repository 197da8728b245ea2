"""Which code, and which programs of this machine, read a file: what the archive's queue compares."""

from __future__ import annotations

import hashlib
import shutil
from functools import lru_cache
from importlib.resources import files

from pipelines.files.ocr import recogniser

_PROGRAMS = ("antiword", "catdoc", "catppt", "soffice", "libreoffice")


@lru_cache(maxsize=1)
def code_version() -> str:
    """Eight hex digits over the sources of this room: other code may read any file otherwise."""
    digest = hashlib.sha256()
    for source in sorted(files("pipelines.files").iterdir(), key=lambda entry: entry.name):
        if source.name.endswith(".py"):
            digest.update(source.name.encode() + b"\0" + source.read_bytes())
    return digest.hexdigest()[:8]


def reader_version() -> str:
    """``code_version`` and what may be read besides: ``+ocr``, ``+antiword``. More of them, and only files that had no
    text for want of a program are read again."""
    programs = [name for name in _PROGRAMS if shutil.which(name)]
    if recogniser() is not None:
        programs.append("ocr")
    return "+".join([code_version(), *programs])
