"""How overrides meet: tables merge, lists and values replace (DESIGN §5)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel

Model = TypeVar("Model", bound=BaseModel)


def merged(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """``base`` with ``over`` laid on it; neither is changed."""
    result = dict(base)
    for key, value in over.items():
        below = result.get(key)
        both = isinstance(value, Mapping) and isinstance(below, Mapping)
        result[key] = merged(below, value) if both else value  # type: ignore[arg-type]
    return result


def layered(first: Model, *overrides: BaseModel | None) -> Model:
    """``first`` with the keys that each of ``overrides`` was written with (not its defaults), last wins."""
    values: dict[str, Any] = written(first)
    for override in overrides:
        if override is not None:
            values = merged(values, written(override))
    return type(first).model_validate(values)


def written(model: BaseModel) -> dict[str, Any]:
    """The keys that a table was written with, by their TOML names."""
    return model.model_dump(exclude_unset=True, by_alias=True)
