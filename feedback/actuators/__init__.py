"""What makes a cue heard or felt, and the thread that plays it."""
