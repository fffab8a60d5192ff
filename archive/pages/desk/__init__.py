"""The organisers' desk, one file per screen."""
