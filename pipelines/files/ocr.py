"""OCR by Tesseract's program with its Chinese data, where both and the extra ``ocr`` are installed."""

from __future__ import annotations

import shutil
import subprocess
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

from pipelines.files.model import NoText
from pipelines.files.tools import output_of

LANGUAGES = ("chi_sim", "eng")
MOST_PAGES = 60
"""Scanned pages of one file that are read: one takes 2 to 10 seconds."""
PAGE_SECONDS = 60.0
SECONDS = 600.0
"""After this long no further page is begun; what was recognised by then is kept."""


class Recogniser:
    """Reads pictures of text."""

    most_pages = MOST_PAGES

    def __init__(self, program: str, languages: str):
        self._program = program
        self._languages = languages

    def lines(self, image: bytes) -> list[str]:
        """The lines in a picture (PNG, JPEG, TIFF)."""
        with TemporaryDirectory() as folder:
            path = Path(folder) / "page"
            path.write_bytes(image)
            words = [self._program, str(path), "stdout", "-l", self._languages]
            return output_of(words, folder, PAGE_SECONDS).split("\n")


@cache
def recogniser() -> Recogniser | None:
    """What this machine has; None where something of it is missing."""
    program = shutil.which("tesseract")
    if program is None or find_spec("PIL") is None:
        return None
    try:
        said = subprocess.run(
            [program, "--list-langs"],
            capture_output=True,
            text=True,
            timeout=20,
            check=False,
            stdin=subprocess.DEVNULL,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    there = {line.strip() for line in (said.stdout + said.stderr).splitlines()}
    if LANGUAGES[0] not in there:
        return None
    return Recogniser(program, "+".join(name for name in LANGUAGES if name in there))


def read_image(body: bytes, known: Recogniser | None) -> list[str]:
    """The lines of a file that is a picture; raises :class:`NoText` where nothing can be, or is, recognised."""
    if known is None:
        raise NoText("needs_ocr", "the file is a picture")
    lines = known.lines(body)
    if not any(line.strip() for line in lines):
        raise NoText("needs_ocr", "nothing was recognised in the picture")
    return lines
