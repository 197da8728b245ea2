"""The capture files of a backup: what is new since the last time, and no byte that a writer may still take back.

``captures.tsv`` in the backup says how much of each file is known to be on its disk, and the CRC-32 of it: a line a file
and copy, the last one counts. Bytes behind that are what a killed copy left, and are written again. A CRC, because it goes
on from where the last copy ended; each record has its own SHA-1, which ``verify --deep`` asks for.
"""

from __future__ import annotations

import os
import re
import zlib
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
_NOTED = re.compile(r"(\d+)\t(?:([0-9a-f]{8})\t)?([^\t\n]+)\n")


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
    sums: dict[str, int]
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
        length, self.sums[file] = _common(self.data.captures / file, self.target.captures / file)
        if length:
            self.lengths[file] = length
        return length

    def write(self, part: Part) -> Iterator[int]:
        """Copy one part, fsync it and note it; yields the number of bytes after each chunk."""
        source, path = self.data.captures / part.file, self.target.captures / part.file
        new = not path.exists()
        folders = [path.parent, *path.parent.parents] if new else []
        path.parent.mkdir(parents=True, exist_ok=True)
        crc = self._sum_of(part.file, part.start)
        with source.open("rb") as reading, path.open("ab") as writing:
            writing.truncate(part.start)
            reading.seek(part.start)
            left = part.end - part.start
            while left and (chunk := reading.read(min(left, CHUNK))):
                writing.write(chunk)
                crc = zlib.crc32(chunk, crc)
                left -= len(chunk)
                yield len(chunk)
            writing.flush()
            os.fsync(writing.fileno())
        for folder in folders[: folders.index(self.target.root) + 1] if new else ():
            sync_folder(folder)
        self.lengths[part.file], self.sums[part.file] = part.end - left, crc
        with (self.target.root / LIST).open("a", encoding="utf-8") as noted:
            noted.write(_line(part.file, part.end - left, crc))

    def _sum_of(self, file: str, length: int) -> int:
        """The CRC-32 of the first ``length`` bytes of the copy; read where no list has it."""
        if not length:
            return 0
        if file not in self.sums:
            self.sums[file] = sum_of(self.target.captures / file, length)
        return self.sums[file]

    def finish(self) -> None:
        """Write the list anew, a line a file."""
        lines = (
            _line(file, length, self._sum_of(file, length)) for file, length in sorted(self.lengths.items())
        )
        replace_file(self.target.root / LIST, "".join(lines).encode())


def plan_copy(
    data: DataDirectory, target: DataDirectory, named: Mapping[str, int] | None = None
) -> CaptureCopy:
    """What a backup lacks of ``data``'s capture files.

    ``named``: how far the rows of the copied database reach into each file; without it the whole files are taken,
    which is an upper bound. A file that is written to now is copied to the end of its last whole record: half a record
    may be taken back when the disk is full.
    """
    copy = CaptureCopy(data, target, *read_lengths(target))
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


def read_lengths(target: DataDirectory) -> tuple[dict[str, int], dict[str, int]]:
    """How much of each file is in the backup, and the CRC-32 of that; nothing of a file that is gone from it.

    The second lacks files that were copied before there were sums.
    """
    noted = read_noted(target)
    lengths = {
        file: length
        for file, (length, _) in noted.items()
        if (target.captures / file).is_file() and (target.captures / file).stat().st_size >= length
    }
    return lengths, {file: crc for file in lengths if (crc := noted[file][1]) is not None}


def read_noted(target: DataDirectory) -> dict[str, tuple[int, int | None]]:
    """Length and CRC-32 of each file as the list says them, whatever is there."""
    path = target.root / LIST
    noted: dict[str, tuple[int, int | None]] = {}
    for line in path.read_text("utf-8", "replace").splitlines(keepends=True) if path.exists() else ():
        if (found := _NOTED.fullmatch(line)) is not None:  # a kill may cut the last line
            length, crc, file = found.groups()
            noted[file] = int(length), None if crc is None else int(crc, 16)
    return noted


def sum_of(path: Path, length: int) -> int:
    """The CRC-32 of the first ``length`` bytes of a file, or of what there is of them."""
    crc = 0
    with path.open("rb") as stream:
        while length and (piece := stream.read(min(CHUNK, length))):
            crc = zlib.crc32(piece, crc)
            length -= len(piece)
    return crc


def _line(file: str, length: int, crc: int) -> str:
    return f"{length}\t{crc:08x}\t{file}\n"


def _files(data: DataDirectory) -> Iterator[Path]:
    """All of it but what is being written under another name."""
    found = data.captures.rglob("*") if data.captures.is_dir() else ()
    return (path for path in found if path.is_file() and path.suffix not in (".part", ".partial"))


def _common(source: Path, copied: Path) -> tuple[int, int]:
    """Length and CRC-32 of ``copied`` where ``source`` begins with it, else of nothing."""
    if not copied.is_file():
        return 0, 0
    crc = 0
    with source.open("rb") as one, copied.open("rb") as other:
        while piece := other.read(CHUNK):
            if one.read(len(piece)) != piece:
                return 0, 0
            crc = zlib.crc32(piece, crc)
        return other.tell(), crc
