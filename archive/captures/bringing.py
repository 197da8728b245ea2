"""WARC files of another archive put among ours: whole, on disk, and never over other bytes."""

from __future__ import annotations

import filecmp
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

from archive.layout import DataDirectory

_FILE = re.compile(r"[a-z0-9][a-z0-9-]{0,63}/[0-9]{4}/[A-Za-z0-9][A-Za-z0-9._-]*\.warc\.gz", re.ASCII)


class OtherBytes(ValueError):
    """A file of this name is here already and holds something else; one sentence."""


def capture_files(captures: Path) -> list[str]:
    """The WARC files in a captures directory, as ``<portal>/<year>/<name>``, sorted."""
    found = (
        path.relative_to(captures).as_posix() for path in captures.glob("*/*/*.warc.gz") if path.is_file()
    )
    return sorted(name for name in found if _FILE.fullmatch(name))


def bring_captures(captures: Path, target: DataDirectory) -> Iterator[tuple[str, bool]]:
    """Copy every WARC file of the captures directory into ``target``; each file and whether it was new or longer.

    A file that is here already stays, and one that is the beginning of theirs grows: crawls only append. Raises
    :class:`OtherBytes`, before anything is copied, where it holds other bytes; ``OSError`` when the disk does.
    """
    files = capture_files(captures)
    wanted = [(name, captures / name, target.captures / name) for name in files]
    todo = [(name, theirs, _fresh(theirs, ours)) for name, theirs, ours in wanted]
    for name, theirs, is_new in todo:
        if is_new:
            _copy(theirs, target.captures / name)
        yield name, is_new


def _fresh(theirs: Path, ours: Path) -> bool:
    """Whether ``theirs`` has bytes that ``ours`` has not."""
    if not ours.exists() or ours.samefile(theirs):
        return not ours.exists()
    longer, shorter = (theirs, ours) if theirs.stat().st_size > ours.stat().st_size else (ours, theirs)
    if longer.stat().st_size == shorter.stat().st_size:
        same = filecmp.cmp(longer, shorter, shallow=False)
    else:
        same = _begins_with(longer, shorter)
    if not same:
        raise OtherBytes(
            f"{theirs} and {ours} have one name and hold different captures: rename one crawl's files or leave it out"
        )
    return longer is theirs


def _begins_with(longer: Path, shorter: Path) -> bool:
    with longer.open("rb") as one, shorter.open("rb") as other:
        while piece := other.read(1 << 20):
            if one.read(len(piece)) != piece:
                return False
    return True


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f"{target.name}.part")
    try:
        shutil.copyfile(source, part)
        with part.open("rb") as stream:
            os.fsync(stream.fileno())
        part.replace(target)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise OSError(error.errno, error.strerror, str(target)) from error
