"""What an archive consists of beside its database and its captures, and the list by which a restore checks a backup.

``files.tsv`` in a backup: size, SHA-256 and path of each file that is not a capture. The database may stand there
twice: what the backup before wrote and what this one is about to put in its place, since a kill may fall between.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from archive.durable import replace_file, sync_folder
from archive.layout import DataDirectory

LIST = "files.tsv"
SETTINGS = "gongkai.toml"
"""Where a night's report goes; it may hold passwords, so its permissions are kept."""
FOLDERS = ("portals", "reports")
CHUNK = 4 << 20


@dataclass(frozen=True, slots=True)
class Copied:
    """One file of a backup; ``path`` is relative to it."""

    size: int
    sha256: str
    path: str


def own_files(data: DataDirectory) -> Iterator[str]:
    """The archive's small files: its settings, the user's portal files, the reports."""
    if (data.root / SETTINGS).is_file():
        yield SETTINGS
    for name in FOLDERS:
        folder = data.root / name
        for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
            if path.is_file() and path.suffix != ".partial":
                yield path.relative_to(data.root).as_posix()


def copy_own_file(source: Path, target: Path) -> Copied:
    """Copy one of them, permissions too; what is the same already is left. ``path`` of the result is the name."""
    content = source.read_bytes()
    if not (target.is_file() and target.read_bytes() == content):
        target.parent.mkdir(parents=True, exist_ok=True)
        partial = target.with_name(f"{target.name}.partial")
        partial.unlink(missing_ok=True)
        # Made unreadable to others before anything is in it, and given the permissions of the first.
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fchmod(stream.fileno(), source.stat().st_mode & 0o777)
            os.fsync(stream.fileno())
        os.replace(partial, target)  # noqa: PTH105  # what a kill test watches
        sync_folder(target.parent)
    return Copied(len(content), hashlib.sha256(content).hexdigest(), target.name)


def described(path: Path, name: str) -> Copied:
    """Size and digest of a file of any size."""
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as stream:
        while piece := stream.read(CHUNK):
            digest.update(piece)
            size += len(piece)
    return Copied(size, digest.hexdigest(), name)


def read_list(target: DataDirectory) -> list[Copied] | None:
    """What the backup says it holds; None without a list."""
    path = target.root / LIST
    if not path.is_file():
        return None
    found = []
    for line in path.read_text("utf-8", "replace").splitlines():
        size, _, rest = line.partition("\t")
        digest, _, name = rest.partition("\t")
        if size.isdecimal() and name:
            found.append(Copied(int(size), digest, name))
    return found


def write_list(target: DataDirectory, files: Iterable[Copied]) -> None:
    """Note what the backup holds."""
    lines = (f"{file.size}\t{file.sha256}\t{file.path}\n" for file in files)
    replace_file(target.root / LIST, "".join(lines).encode())
