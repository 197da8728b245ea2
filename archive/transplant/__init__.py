"""Putting a portal that was replayed elsewhere in the place of what the archive says of it, in one transaction."""

from archive.transplant.transplant import Transplanted, TransplantRefused, transplant

__all__ = ["TransplantRefused", "Transplanted", "transplant"]
