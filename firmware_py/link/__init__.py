"""The serial link: JSON-RPC lines between the device and a laptop, or a person at a terminal."""
