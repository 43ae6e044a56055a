"""The commands of `gaitcoach`, one module each, found by entry point."""
