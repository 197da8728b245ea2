"""Index metadata: label and value from every layout of a page, its meta tags and its listing, weighed against each other."""

from pipelines.metadata.read import Metadata, read_listing, read_metadata

__all__ = ["Metadata", "read_listing", "read_metadata"]
