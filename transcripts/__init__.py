"""What was said: engines, cues, formats and search.

A library: no Flask, no tables of the app, nothing from `media`.
"""
