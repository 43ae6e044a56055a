"""Putting gaitcoach onto a device and taking it off again; nothing but the standard library."""
