"""Transcripts as files, out and in: one module a format, `registry.py` lists them.

Every writer takes cues and answers text or bytes; every reader takes a file and answers a `Reading`,
or raises `FormatError`.
"""
