"""Puts many sessions into an index at full speed: while some are written, the next are analysed.

Analysing is more than a third of the work and needs no database, so other processes do it where there
are several processors and so many sessions that starting them pays.
"""

import multiprocessing
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import AbstractContextManager
from itertools import chain, groupby, islice

from sqlalchemy import Connection

from transcripts.search import writing
from transcripts.search.analysing import Analysed, analysed
from transcripts.search.results import Document, Passage
from transcripts.search.vocabulary import Key

IN_ONE_GO = writing.BLOCK  # ids of sessions of one transaction: their tallies are written once
IN_ONE_TASK = 8  # sessions that a process is given at a time
AHEAD = 16  # tasks for each process that are under way or wait to be written
MANY = 64  # sessions from which on other processes help

Given = tuple[Document, Sequence[Passage]]


def load(
    begin: Callable[[], AbstractContextManager[Connection]], sessions: Iterable[Given]
) -> Iterator[int]:
    """Puts sessions in, each once, by their ids; tells after each transaction how many are in.

    begin: opens a transaction of the database, which ends with its context.
    """
    seen: dict[Key, int] = {}
    ready, done = _analysed(iter(sessions)), 0
    for _, block in groupby(ready, lambda one: one.document.session_id // IN_ONE_GO):
        batch = list(block)
        with begin() as connection:
            writing.put(connection, batch, seen)
        done += len(batch)
        yield done


def _analysed(sessions: Iterator[Given]) -> Iterator[Analysed]:
    """The sessions in their order."""
    first = list(islice(sessions, MANY))
    helpers = (os.cpu_count() or 1) - 1
    if len(first) < MANY or not helpers:
        for given in chain(first, sessions):
            yield analysed(*given)
        return
    anew = multiprocessing.get_context("spawn")  # a copy of this process may hold anything
    pool = ProcessPoolExecutor(helpers, mp_context=anew)
    waiting: deque[Future[list[Analysed]]] = deque()
    try:
        for task in _tasks(chain(first, sessions)):
            waiting.append(pool.submit(_analyse, task))
            if len(waiting) > helpers * AHEAD:
                yield from waiting.popleft().result()
        while waiting:
            yield from waiting.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)


def _tasks(sessions: Iterator[Given]) -> Iterator[list[Given]]:
    while task := list(islice(sessions, IN_ONE_TASK)):
        yield task


def _analyse(task: Sequence[Given]) -> list[Analysed]:
    with writing.uncollected():
        return [analysed(*given) for given in task]
