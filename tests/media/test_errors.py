import errno
import pickle

import pytest

from media import errors
from media.errors import MediaError, NoSpace, Truncated, full_disk_named

REASONS = {
    *("not_media", "empty_file", "truncated", "playlist", "image", "no_audio", "unsupported_codec"),
    *("no_space", "too_large", "timeout", "cancelled", "ffmpeg_failed", "tool_missing"),
}


def test_every_reason_has_its_class():
    classes = [c for c in vars(errors).values() if isinstance(c, type) and "code" in vars(c)]

    assert {c.code for c in classes} == REASONS
    assert all(issubclass(c, MediaError) and c("x").reason == c.code for c in classes)


@pytest.mark.parametrize(
    "error", [Truncated("cut", declared=6), MediaError("no_audio", "still", name="a")]
)
def test_errors_travel_between_processes(error):
    copy = pickle.loads(pickle.dumps(error))

    assert (type(copy), copy.reason, str(copy), copy.details) == (
        type(error),
        error.reason,
        str(error),
        error.details,
    )


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_full_disk_gets_a_name(number):
    with pytest.raises(NoSpace, match="talk.mp4"), full_disk_named("talk.mp4"):
        raise OSError(number, "full")


def test_other_errors_of_the_system_pass():
    with pytest.raises(PermissionError), full_disk_named("talk.mp4"):
        raise PermissionError(errno.EACCES, "no")
