"""Whether tests take everything they could: every published line, and many times more drawn examples."""

import os

FULL = "ONEBOARD_TEST_FULL" in os.environ
