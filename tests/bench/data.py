"""Where the recordings are: $GAITCOACH_DATA, else ../shared/data beside the repository."""

import os
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
DATA: Final = Path(os.environ.get("GAITCOACH_DATA", ROOT.parent / "shared" / "data"))
