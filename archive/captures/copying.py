"""The capture files of a backup: what is new since the last time, and no byte that a writer may still take back.

``captures.tsv`` in the backup says how much of each file is known to be on its disk: a line a file and copy, the last one
counts. Bytes behind that are what a killed copy left, and are written again.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from archive.captures.tail import whole_to
from archive.durable import replace_file, sync_folder
from archive.layout import DataDirectory
from archive.lock import is_locked

CHUNK = 4 << 20
LIST = "captures.tsv"


class Part(NamedTuple):
    """The bytes of a file from ``start`` to ``end`` that are to be copied."""

    file: str
    start: int
    end: int


@dataclass
class CaptureCopy:
    """What is to be copied from one data directory to another; ``known``: files that need nothing."""

    data: DataDirectory
    target: DataDirectory
    lengths: dict[str, int]
    files: list[Part] = field(default_factory=list)
    known: int = 0
    troubles: list[str] = field(default_factory=list)

    @property
    def bytes(self) -> int:
        """How many bytes are to be copied."""
        return sum(part.end - part.start for part in self.files)

    def start_of(self, file: str) -> int:
        """How much of a file need not be copied: what is noted, or what a killed copy left and is the same."""
        if file in self.lengths:
            return self.lengths[file]
        return _common(self.data.captures / file, self.target.captures / file)

    def write(self, part: Part) -> Iterator[int]:
        """Copy one part, fsync it and note it; yields the number of bytes after each chunk."""
        source, path = self.data.captures / part.file, self.target.captures / part.file
        new = not path.exists()
        folders = [path.parent, *path.parent.parents] if new else []
        path.parent.mkdir(parents=True, exist_ok=True)
        with source.open("rb") as reading, path.open("ab") as writing:
            writing.truncate(part.start)
            reading.seek(part.start)
            left = part.end - part.start
            while left and (chunk := reading.read(min(left, CHUNK))):
                writing.write(chunk)
                left -= len(chunk)
                yield len(chunk)
            writing.flush()
            os.fsync(writing.fileno())
        for folder in folders[: folders.index(self.target.root) + 1] if new else ():
            sync_folder(folder)
        self.lengths[part.file] = part.end - left
        with (self.target.root / LIST).open("a", encoding="utf-8") as noted:
            noted.write(f"{part.end - left}\t{part.file}\n")

    def finish(self) -> None:
        """Write the list anew, a line a file."""
        lines = (f"{length}\t{file}\n" for file, length in sorted(self.lengths.items()))
        replace_file(self.target.root / LIST, "".join(lines).encode())


def plan_copy(
    data: DataDirectory, target: DataDirectory, named: Mapping[str, int] | None = None
) -> CaptureCopy:
    """What a backup lacks of ``data``'s capture files.

    ``named``: how far the rows of the copied database reach into each file; without it the whole files are taken,
    which is an upper bound. A file that is written to now is copied to the end of its last whole record: half a record
    may be taken back when the disk is full.
    """
    copy = CaptureCopy(data, target, read_lengths(target))
    sizes = {path.relative_to(data.captures).as_posix(): path.stat().st_size for path in _files(data)}
    # Asked after the sizes: a file whose portal nobody holds now will not change any more.
    live = {name for name in {file.partition("/")[0] for file in sizes} if is_locked(data, name)}
    for file, size in sorted(sizes.items()):
        start, reach = copy.start_of(file), (named or {}).get(file, 0)
        end = size
        if named is not None and file.partition("/")[0] in live and start < size:
            end = max(whole_to(data.captures / file, max(reach, start)), reach)
        if size < start:
            copy.troubles.append(
                f"{file} has {size} bytes where {start} were copied before: the copy is kept, run `gongkai verify`"
            )
        elif size < reach:
            copy.troubles.append(f"{file} ends before captures that the database names: run `gongkai verify`")
        if end > start:
            copy.files.append(Part(file, start, end))
        else:
            copy.known += 1
    lost = (named or {}).keys() - sizes.keys() - copy.lengths.keys()
    if lost:
        copy.troubles.append(
            f"{len(lost)} files of captures are not there ({min(lost)}): run `gongkai verify`"
        )
    return copy


def read_lengths(target: DataDirectory) -> dict[str, int]:
    """How much of each file is in the backup; nothing of a file that is gone from it."""
    path = target.root / LIST
    lengths: dict[str, int] = {}
    for line in path.read_text("utf-8", "replace").splitlines(keepends=True) if path.exists() else ():
        length, _, file = line.partition("\t")
        if line.endswith("\n") and length.isdecimal():  # a kill may cut the last line
            lengths[file.rstrip("\n")] = int(length)
    return {
        file: length
        for file, length in lengths.items()
        if (target.captures / file).is_file() and (target.captures / file).stat().st_size >= length
    }


def _files(data: DataDirectory) -> Iterator[Path]:
    """All of it but what is being written under another name."""
    found = data.captures.rglob("*") if data.captures.is_dir() else ()
    return (path for path in found if path.is_file() and path.suffix not in (".part", ".partial"))


def _common(source: Path, copied: Path) -> int:
    """The length of ``copied`` where ``source`` begins with it, else 0."""
    if not copied.is_file():
        return 0
    with source.open("rb") as one, copied.open("rb") as other:
        while piece := other.read(CHUNK):
            if one.read(len(piece)) != piece:
                return 0
        return other.tell()
