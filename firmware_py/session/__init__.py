"""A session's life and what remains of it: the summary."""
