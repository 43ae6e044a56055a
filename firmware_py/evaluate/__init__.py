"""Measuring the pipeline against recordings whose truth is known."""
