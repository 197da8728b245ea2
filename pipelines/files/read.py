"""A file's bytes to its text: by what they are, within limits, and never an exception."""

from __future__ import annotations

from collections import Counter

from pipelines.files import ocr
from pipelines.files.kinds import kind_of
from pipelines.files.model import SECONDS, FileText, Full, NoText, Status, Text
from pipelines.files.ofd import read_ofd
from pipelines.files.office import read_docx, read_pptx
from pipelines.files.pdf import read_pdf
from pipelines.files.plain import read_html, read_mht, read_text
from pipelines.files.rtf import read_rtf
from pipelines.files.sheets import read_sheets, read_xlsx
from pipelines.files.tools import read_by_tool
from pipelines.files.zips import Zip

MOST_FILES = 200
"""Files in an archive that are read."""
_REASON = 300


def file_text(
    body: bytes, media_type: str | None = None, name: str = "", *, seconds: float = SECONDS
) -> FileText:
    """The text of a file; what goes wrong is its ``status`` and ``finding``.

    The kind is told by the bytes; ``media_type`` (a Content-Type) says no more than a text's encoding, ``name`` is
    how an entry of an archive is called. ``seconds``: after them the rest is left out.
    """
    text = Text(seconds)
    full = False
    try:
        _read(body, media_type, text, packed=False)
    except Full as reason:
        full = True
        text.notes.append(str(reason))
    except NoText as error:
        return FileText("", error.status, _sentence(error.reason))
    except MemoryError:
        return FileText("", "failed", "reading it takes more memory than allowed")
    except RecursionError:
        return FileText("", "failed", "it is nested too deeply")
    except Exception as error:  # a library's, over a hostile file
        return FileText("", "failed", _sentence(f"{type(error).__name__}: {error}"))
    found = str(text)
    if not found and full:
        return FileText("", "failed", _sentence("; ".join(text.notes)))
    if not found and not text.notes:
        text.notes.append("there is no text in it")
    return FileText(found, "ok", _sentence("; ".join(text.notes)) if text.notes else None)


def _sentence(reason: str) -> str:
    return " ".join(reason.split())[:_REASON]


def _read(body: bytes, media_type: str | None, text: Text, *, packed: bool) -> None:
    """Add the text of a file; ``packed``: of one that stands in an archive, where no archive is opened any more."""
    if not body:
        raise NoText("failed", "the file is empty")
    recogniser = None if packed else ocr.recogniser()  # an archive of scans would take hours
    match kind_of(body):
        case "pdf":
            read_pdf(body, text, recogniser)
        case "docx":
            read_docx(body, text)
        case "xlsx":
            read_xlsx(body, text)
        case "pptx":
            read_pptx(body, text)
        case "sheets":
            read_sheets(body, text)
        case "ofd":
            read_ofd(body, text)
        case "rtf":
            read_rtf(body, text)
        case "doc" | "ppt" as kind:
            read_by_tool(body, kind, text)
        case "html":
            read_html(body, media_type, text)
        case "mht":
            read_mht(body, text)
        case "text":
            read_text(body, media_type, text)
        case "image":
            for line in ocr.read_image(body, recogniser):
                text.add(line)
        case "zip":
            if packed:
                raise NoText("unsupported", "an archive in an archive")
            _unpack(Zip(body), text)
        case "encrypted":
            raise NoText("failed", "the file is encrypted")
        case "unknown":
            raise NoText("unsupported", "files of this kind are not read")


def _unpack(archive: Zip, text: Text) -> None:
    """The files of an archive, each after its name; its status is the best of theirs."""
    without: Counter[Status] = Counter()
    read = 0
    for number, name in enumerate(archive.names):
        if number == MOST_FILES:
            text.notes.append(f"only {MOST_FILES} of {len(archive.names)} files in it were read")
            break
        text.add(name)
        inner = Text(text.seconds_left, text.left)
        try:
            _read(archive.read(name), None, inner, packed=True)
        except Full as reason:
            inner.notes.append(str(reason))
        except NoText as error:
            without[error.status] += 1
            text.notes.append(f"{name}: {error.reason}")
            continue
        except Exception as error:  # as above: the other files are read all the same
            without["failed"] += 1
            text.notes.append(f"{name}: {type(error).__name__}")
            continue
        read += 1
        text.notes += [f"{name}: {note}" for note in inner.notes]
        text.add(str(inner))
        text.add("")
    if not read and without:
        worst: tuple[Status, ...] = ("needs_ocr", "unsupported", "too_large", "failed")
        status = next(one for one in worst if without[one])
        raise NoText(status, "; ".join(text.notes) or "nothing in it can be read")
