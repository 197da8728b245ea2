"""Random histories, the short form; ``make soak`` has the long one."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

from tests.proof.machine import History

TestHistory = History.TestCase
TestHistory.settings = settings(
    max_examples=25, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
)
