"""What takes too long for every change: `make test-full` runs it, and a plain `make test` skips it by name.

Owns the mark. Which tests carry it follows from the 90 minutes that a run on a fresh machine may take.
"""

import os

import pytest

FULL = "APPLIANCE_TEST_FULL" in os.environ
full = pytest.mark.skipif(not FULL, reason="make test-full")
