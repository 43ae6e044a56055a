"""Traces: a run's raw chunks, events and cues in one MCAP file that survives a power cut."""
