"""The explanation of ``gongkai extract --explain`` as text for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from archive.web.labels import column_label
from pipelines.explain.explanation import SOURCES

_VALUE = 80
_MOST_OTHERS = 6
_MOST_TRIMMED = 20
_MOST_PASSED_OVER = 15


def lines(said: Mapping[str, Any]) -> list[str]:
    """The lines to print: fields with what lost to them, labels that were not used, the body's candidates."""
    return [*_fields(said), *_labels(said), *(line for body in said["bodies"] for line in _body(body))]


def _fields(said: Mapping[str, Any]) -> Iterator[str]:
    yield "== 字段 fields =="
    for name, chosen in said["fields"].items():
        yield f"{column_label('documents', name)} {name} = {_short(chosen['value'])}"
        yield f"    from {_origin(chosen)}"
        if chosen["raw"] != chosen["value"]:
            yield f"    as it stands: {_short(chosen['raw'])}"
        others: Sequence[Mapping[str, Any]] = chosen["others"]
        for other in others[:_MOST_OTHERS]:
            yield f"    not {_short(other['value'])}, from {_origin(other)}: {other['why_not']}"
        if len(others) > _MOST_OTHERS:
            yield f"    and {len(others) - _MOST_OTHERS} more (--json)"


def _labels(said: Mapping[str, Any]) -> Iterator[str]:
    if said["extra"]:
        yield '== 未识别的标签 labels without a meaning; give them one with [detail] labels = {"标签" = "field"} =='
        for pair in said["extra"]:
            yield f"{pair['label']}: {_short(pair['value'])}  ({_place(pair)})"
    if said["passed_over"]:
        yield "== 未采用的标签 labels met and not believed; [detail] block names the block that counts =="
        for pair in said["passed_over"][:_MOST_PASSED_OVER]:
            yield f"{pair['label']} → {pair['field']}: {_short(pair['value'])}  ({_place(pair)}): {pair['why_not']}"


def _body(body: Mapping[str, Any]) -> Iterator[str]:
    yield f"== 正文 body of {body['url']} =="
    for tried in body["selectors"]:
        outcome = "taken" if tried["taken"] else "holds no text" if tried["matched"] else "matches nothing"
        yield f"[detail] body {tried['selector']}: {outcome}"
    if body["found_by"] is None:
        yield "no body: name it with [detail] body"
    else:
        yield f"taken: {_place(body)} by {body['found_by']}, {body['characters']} characters"
    for block in body["candidates"]:
        yield (
            f"    {block['score']:.3f}  {_place(block)}: {block['running_text']} of {block['characters']} "
            f"characters read as running text; {block['relation']}"
        )
    trimmed = body["trimmed"]
    for line in trimmed[:_MOST_TRIMMED]:
        yield f"    trimmed: {_short(line['text'])}  ({line['why']})"
    if len(trimmed) > _MOST_TRIMMED:
        yield f"    and {len(trimmed) - _MOST_TRIMMED} more lines trimmed (--json)"


def _origin(said: Mapping[str, Any]) -> str:
    label = f" {said['label']}" if said["label"] else ""
    place = f", {_place(said)}" if said["place"] else ""
    return f"{SOURCES[said['source']]}{label}{place}"


def _place(said: Mapping[str, Any]) -> str:
    return f"{said['place']}, line {said['line']}"


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _VALUE else text[:_VALUE] + "…"
