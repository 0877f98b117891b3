"""How hard tests with random input try: `make test` a little with fixed seeds, `make soak` long with new ones."""

from __future__ import annotations

import os
import random
from typing import Final

EFFORT: Final = int(os.environ.get("FUZZ_EFFORT", "1"))
"""A factor on examples and runs; 1 in `make test`."""

SEED: Final = 20240423 if EFFORT == 1 else random.SystemRandom().randrange(2**32)
"""The same in every `make test`, another in each soak; tests print it where they fail."""
