"""One file per screen, with the same nouns as `queries`."""
