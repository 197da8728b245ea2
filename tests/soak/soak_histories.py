"""Long random histories; ``GONGKAI_SOAK_HISTORIES`` sets another number."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

from tests.proof.machine import History

TestHistory = History.TestCase
TestHistory.settings = settings(
    max_examples=int(os.environ.get("GONGKAI_SOAK_HISTORIES", "1000")),
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
