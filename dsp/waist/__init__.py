"""Foot strikes and step metrics from a sensor at the waist."""
