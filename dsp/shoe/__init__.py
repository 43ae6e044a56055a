"""Foot strikes and stride metrics from a sensor on the shoe."""
