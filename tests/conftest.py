"""Loads the hypothesis profile before any test is collected."""

from tests.thorough import register_profiles

register_profiles()
