"""The sensor's edge: raw chunks, their scale and their time."""
