"""Figures of the last night and of now in Prometheus's text format, for node_exporter's textfile collector."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

STATUSES = (
    "ok", "degraded", "failed", "crashed", "timed-out", "interrupted", "locked", "postponed", "unusable",
)  # fmt: skip
COUNTERS = ("new", "revised", "gone", "failed", "blocked", "requests")


def metrics(report: Mapping[str, Any], state: Mapping[str, Any]) -> str:
    """The text of ``gongkai.prom`` from a night's report and :func:`archive.nights.state.state`."""
    lines = [
        *_family(
            "gongkai_night_ended_timestamp_seconds",
            "End of the last night",
            [({}, _seconds(report["ended_at"]))],
        )
    ]
    portals = report["portals"]
    lines += _family(
        "gongkai_portal_status", "1 for what became of the portal in the last night",
        [({"portal": p["portal"], "status": status}, int(p["status"] == status)) for p in portals for status in STATUSES],
    )  # fmt: skip
    lines += _family(
        "gongkai_portal_duration_seconds",
        "Duration of the portal's crawl",
        [({"portal": p["portal"]}, p["seconds"]) for p in portals],
    )
    for name in COUNTERS:
        lines += _family(
            f"gongkai_portal_{name}",
            f"Counter {name} of the last night",
            [({"portal": p["portal"]}, p["counts"].get(name, 0)) for p in portals],
        )
    fresh = [p for p in state["portals"] if p["complete_at"]]
    lines += _family(
        "gongkai_portal_last_complete_timestamp_seconds", "Start of the last complete crawl",
        [({"portal": p["portal"]}, _seconds(p["complete_at"])) for p in fresh],
    )  # fmt: skip
    queues = [({"queue": name}, value) for name, value in state["queues"].items()]
    lines += _family("gongkai_queue_length", "What waits", queues)
    disk = state["disk"]
    lines += _family("gongkai_data_bytes", "Size of the data directory", [({}, disk["used"])])
    lines += _family("gongkai_disk_free_bytes", "Free on its disk", [({}, disk["free"])])
    return "\n".join(lines) + "\n"


def _family(name: str, said: str, values: Iterable[tuple[Mapping[str, str], float]]) -> list[str]:
    lines = [f"# HELP {name} {said}", f"# TYPE {name} gauge"]
    for labels, value in values:
        inside = ",".join(f'{key}="{_escaped(text)}"' for key, text in labels.items())
        lines.append(f"{name}{{{inside}}} {value:.15g}" if inside else f"{name} {value:.15g}")
    return lines


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _seconds(stamp: str) -> float:
    return datetime.fromisoformat(stamp).timestamp()
