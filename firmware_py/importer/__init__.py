"""Any CSV recording to a trace: read, map, convert, check, and never guess in silence."""
