"""The Flask app. `pipeline.py` tells the story; see docs/architecture.md for who may import whom."""
