"""The text of a document: found by a profile's selector or by density, cut clean, written as text and safe markup."""

from pipelines.body.find import Body, find_body, join_bodies

__all__ = ["Body", "find_body", "join_bodies"]
