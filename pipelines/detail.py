"""The ``[detail]`` part of a platform profile or portal file (DESIGN §5): where a document page keeps what."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict


class PartRule(BaseModel):
    """A further response that a document needs: ``kind`` says what it is, ``link`` where the page names it.

    ``link`` is a CSS selector ending in ``::attr(name)``; every match is one more response.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal["continuation", "iframe", "api"]
    link: str


class Detail(BaseModel):
    """CSS selectors, tried in order; an empty list leaves it to the label-driven search or the density fallback.

    ``labels``: label → record field, beside the vocabulary. ``fields``: record field → selectors of elements whose text,
    or with ``::attr(name)`` that attribute, is its value: for values that stand without a label. They go before labels.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: list[str] = []
    block: list[str] = []
    body: list[str] = []
    remove: list[str] = []
    attachments: list[str] = []
    labels: dict[str, str] = {}
    fields: dict[str, list[str]] = {}
    parts: list[PartRule] = []
