"""The files that a page links to or shows."""

from pipelines.attachments.find import find_attachments

__all__ = ["find_attachments"]
