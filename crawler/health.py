"""Judges a crawl: from the verdicts of its walks and what its documents answered to one word and its reasons."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

from crawler.page_health import Complaint, in_short

Completeness = Literal["complete", "incomplete", "blocked", "failed", "empty-as-expected"]
Verdict = Literal["ok", "degraded", "failed", "interrupted"]

FAILED_SHARE = 0.1
"""A crawl is degraded when more than this share of its document requests failed, and more than ``FAILED_FEW``."""
FAILED_FEW = 3

_WORST_FIRST: tuple[Completeness, ...] = ("failed", "blocked", "incomplete")


@dataclass(frozen=True, slots=True)
class WalkReport:
    """One directory's walk as it ended."""

    directory: str
    name: str
    mode: str
    verdict: Completeness
    reason: str | None
    pages: int
    entries: int
    new: int
    announced: int | None
    stopped: bool = False


@dataclass(frozen=True, slots=True)
class CrawlVerdict:
    """How the crawl went; ``resumable``: it was told to stop and goes on another time.

    ``quarantine``: why what its pages say is held back, in short; None: it is not. Never for totals, errors or empty
    directories.
    """

    completeness: Completeness
    verdict: Verdict
    reasons: list[str]
    resumable: bool = False
    quarantine: str | None = None

    @property
    def trouble(self) -> bool:
        """Whether the command ends with exit code 1."""
        return self.verdict in ("degraded", "failed")

    def to_dict(self) -> dict[str, Any]:
        """JSON-able."""
        return asdict(self)


def judge(
    walks: Sequence[WalkReport],
    counts: Counter[str],
    problems: Sequence[str],
    *,
    interrupted: bool = False,
    limited: bool = False,
    paused: str | None = None,
    pages: Sequence[Complaint] = (),
    mass: Sequence[str] = (),
    portal: str = "",
) -> CrawlVerdict:
    """The verdict of a crawl.

    ``counts`` has ``fetched``, ``failed`` and ``blocked`` documents; ``problems`` are sentences about the crawl as a
    whole. ``limited``: ``--limit`` ended it, ``paused``: quiet hours or a budget did,
    which is no trouble. ``pages``: what is wrong with what its pages say;
    then it is held back, and nobody goes on with it. ``mass``: what else went at once, which holds nothing back.
    """
    verdict = _judge(walks, counts, problems, interrupted=interrupted, limited=limited, paused=paused)
    if mass:
        word: Verdict = "degraded" if verdict.verdict == "ok" else verdict.verdict
        verdict = replace(verdict, verdict=word, reasons=[*mass, *verdict.reasons])
    if not pages:
        return verdict
    return replace(
        verdict,
        verdict="degraded" if verdict.verdict == "ok" else verdict.verdict,
        reasons=[complaint.sentence(portal) for complaint in pages] + verdict.reasons,
        resumable=False,
        quarantine=in_short(pages),
    )


def _judge(
    walks: Sequence[WalkReport],
    counts: Counter[str],
    problems: Sequence[str],
    *,
    interrupted: bool,
    limited: bool,
    paused: str | None,
) -> CrawlVerdict:
    reasons = [
        f"{walk.name}: {walk.reason}" for walk in walks if walk.verdict in _WORST_FIRST and not walk.stopped
    ]
    reasons += problems
    completeness = _completeness(walks)
    tried = counts["fetched"] + counts["failed"] + counts["blocked"]
    if counts["blocked"]:
        reasons.append(
            f"{counts['blocked']} of {tried} documents answered with a challenge instead of the page"
        )
    nothing_came = counts["failed"] > 0 and not counts["fetched"] and not counts["gone"]
    too_many = nothing_came or counts["failed"] > max(FAILED_FEW, FAILED_SHARE * tried)
    if too_many:
        reasons.append(f"{counts['failed']} of {tried} documents could not be fetched or read")
    if counts["refused"]:
        reasons.append(
            f"documents not asked for: {counts['refused']} (robots.txt forbids them, or they lead elsewhere)"
        )
    nothing_allowed = counts["refused"] > 0 and tried == 0 and not counts["gone"]
    if interrupted:
        return CrawlVerdict("incomplete", "interrupted", reasons, resumable=True)
    if limited:
        paused = paused or "the limit of this run is reached; run it again to go on"
    later = [
        f"{walk.name}: {walk.reason} ({walk.pages} pages so far)"
        for walk in walks
        if walk.stopped and not limited and walk.reason != paused
    ]
    if paused and not problems:
        reasons += [*later, paused]
        return CrawlVerdict("incomplete", "ok", reasons, resumable=True)
    everything_failed = bool(walks) and all(walk.verdict == "failed" for walk in walks)
    if everything_failed or (problems and not counts["fetched"]):
        return CrawlVerdict("failed", "failed", reasons)
    share_blocked = counts["blocked"] > max(FAILED_FEW, FAILED_SHARE * tried)
    reasons += later
    unexpected = _completeness([walk for walk in walks if not walk.stopped]) in _WORST_FIRST
    if unexpected or too_many or share_blocked or nothing_allowed or problems:
        return CrawlVerdict(completeness, "degraded", reasons)
    return CrawlVerdict(completeness, "ok", reasons)


def _completeness(walks: Sequence[WalkReport]) -> Completeness:
    verdicts = {walk.verdict for walk in walks}
    for word in _WORST_FIRST:
        if word in verdicts:
            return word
    if verdicts == {"empty-as-expected"}:
        return "empty-as-expected"
    return "complete"
