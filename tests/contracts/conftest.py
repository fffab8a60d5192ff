"""Hypothesis for busy machines: no deadlines, and the same examples on every run."""

from hypothesis import HealthCheck, settings

settings.register_profile(
    "podium", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("podium")
