"""Hypothesis for busy machines: no deadlines, and the same examples on every run; fewer in CI."""

import os

from hypothesis import HealthCheck, settings

settings.register_profile(
    "podium",
    deadline=None,
    derandomize=True,
    max_examples=30 if os.environ.get("CI") else 100,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("podium")
