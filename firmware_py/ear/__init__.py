"""What the runner hears and feels, and the button: `[cues]`, put together for a run."""
