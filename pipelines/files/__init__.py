"""Text of the files that documents link to: what they are, read by their bytes, within limits, in a process apart."""

from pipelines.files.model import FileText
from pipelines.files.read import file_text

__all__ = ["FileText", "file_text"]
