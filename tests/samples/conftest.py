"""The expanded model, once for all tests of this folder."""

from pathlib import Path

import pytest

from samples.expand import expand


@pytest.fixture(scope="session")
def expanded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with both forms of the sample model."""
    folder = tmp_path_factory.mktemp("sample-model")
    expand(folder)
    return folder
