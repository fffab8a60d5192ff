"""Media files: probing, confining ffmpeg, renditions, storage.

A library: no Flask, no tables of the app, nothing from `transcripts`.
"""
