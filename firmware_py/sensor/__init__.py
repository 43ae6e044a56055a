"""The sensor as the device uses it: found, started, real or simulated."""
