"""One module a family of sensors; what they share has its own module."""
