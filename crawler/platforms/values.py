"""Values of profiles and portal files that are checked when the file is read: selectors, regexes, field names."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict

from archive.record import METADATA_FIELDS
from crawler.selectors import BadSelector, compile_selector
from pipelines.detail import Detail


class Table(BaseModel):
    """A table of a TOML file: unknown keys are errors, values never change."""

    model_config = ConfigDict(extra="forbid", frozen=True)


DETAIL_SELECTORS = ("title", "block", "body", "remove", "attachments")
"""The keys of ``[detail]`` that are lists of selectors."""


def _css(selector: str) -> str:
    compile_selector(selector)
    return selector


def _regex(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"is not a regular expression ({error}): correct it") from error
    return pattern


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


def _known_field(name: str) -> str:
    if name not in METADATA_FIELDS and name not in ("title", "keywords"):
        raise ValueError(
            f"names '{name}', which is no field of the record: use one of {', '.join(METADATA_FIELDS)}"
        )
    return name


def _header(text: str) -> str:
    if any(character in text for character in "\r\n\0"):
        raise ValueError("holds a line break: remove it")
    return text


def check_detail(detail: Detail) -> Detail:
    """``detail`` itself; raises ``ValueError`` naming the first selector that is none."""
    selectors = [(name, text) for name in DETAIL_SELECTORS for text in getattr(detail, name)]
    for name, selector in [*selectors, *(("parts.link", part.link) for part in detail.parts)]:
        try:
            compile_selector(selector)
        except BadSelector as error:
            raise ValueError(f"has {name} '{selector}', which {error}") from error
    for name, selector in selectors:
        if "::" in selector:
            raise ValueError(
                f"has {name} '{selector}': it must select elements, so leave out what follows ::"
            )
    for part in detail.parts:
        if "::attr(" not in part.link:
            raise ValueError(f"has parts.link '{part.link}': end it in ::attr(name), which holds the address")
    for field, places in detail.fields.items():
        try:
            _known_field(field)
            for selector in places:
                compile_selector(selector)
        except (BadSelector, ValueError) as error:
            raise ValueError(f"has fields.{field} {places}, which {error}") from error
    for label, field in detail.labels.items():
        if field != "ignored":
            try:
                _known_field(field)
            except ValueError as error:
                raise ValueError(f"has the label '{label}', which {error}") from error
    return detail


Css = Annotated[str, AfterValidator(_css)]
CssList = Annotated[list[Css], BeforeValidator(_listed)]
Regex = Annotated[str, AfterValidator(_regex)]
RegexList = Annotated[list[Regex], BeforeValidator(_listed)]
FieldName = Annotated[str, AfterValidator(_known_field)]
HeaderText = Annotated[str, AfterValidator(_header)]
CheckedDetail = Annotated[Detail, AfterValidator(check_detail)]
