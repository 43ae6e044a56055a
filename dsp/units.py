"""Units. Bare names in this project are SI; anything else carries its unit in the name."""

from typing import Final

STANDARD_GRAVITY: Final = 9.80665
"""m/s² per g, exact by definition (CGPM 1901)."""
