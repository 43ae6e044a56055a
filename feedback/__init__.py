"""What to say to the runner, when, and why."""
