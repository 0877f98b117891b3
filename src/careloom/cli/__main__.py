"""`python -m careloom.cli` is the same as `careloom`."""

import sys

from careloom.cli import main

sys.exit(main())
