"""A recording is transcribed once more: all of it or a stretch, with other settings."""

from collections.abc import Sequence

from archive.models.recording import Recording, RenditionKind, State
from archive.parts import Parts

SETTLED = (State.READY, State.FAILED, State.CANCELLED, State.WAITING_FOR_MODEL)


def transcribe_again(
    parts: Parts,
    recording_id: int,
    *,
    model: str,
    language: str | None,
    other_languages: Sequence[str] = (),
    draft: bool = False,
    stretch: tuple[float, float] | None = None,
    listen_for: Sequence[str] | None = None,
) -> bool:
    """Queues a new machine revision; the shown one stays until it is there.

    language: None to detect it. stretch: seconds from and to; the text outside stays as it is.
    listen_for: terms; None for those that the line-up gives now, completed since perhaps.
    What the same engine heard with the same settings is not asked again. False: in work already,
    or the stretch holds no speech.
    """
    with parts.sessions.begin() as db:
        recording = db.get_one(Recording, recording_id, with_for_update=True)
        if recording.state not in SETTLED or not recording.plan:
            return False
        if stretch and not chunks_within(recording.plan, stretch):
            return False
        recording.model = model
        recording.language = language
        recording.other_languages = [code for code in other_languages if code != language]
        recording.draft = draft
        recording.stretch = list(stretch) if stretch else None
        recording.terms = None if listen_for is None else list(listen_for)
        recording.attempt += 1
        recording.state = State.QUEUED
        recording.step = None
        recording.failure, recording.failure_details = None, {}
        playable = any(made.kind != RenditionKind.POSTER for made in recording.renditions)
        queue = (
            parts.jobs.transcribe if playable else parts.jobs.process
        )  # it ended before its video
        queue(db, recording.id, recording.attempt)
        return True


def chunks_within(plan: Sequence[dict], stretch: Sequence[float] | None) -> list[int]:
    """The numbers of the chunks of a plan that lie in a stretch of seconds, or of all."""
    if stretch is None:
        return list(range(len(plan)))
    start, end = (seconds * 16_000 for seconds in stretch)
    return [
        number
        for number, chunk in enumerate(plan)
        if chunk["own_start"] < end and start < chunk["own_end"]
    ]
