"""Journeys run on the same installations as the tests of the pipeline."""

from tests.pipeline.conftest import installation, prepared, sample_video  # noqa: F401  (fixtures)
