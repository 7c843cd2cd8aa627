"""Draft the next revision: ``python -m storage.migrations "Add a column to person"``."""

from __future__ import annotations

import sys

from storage.revisions import draft

if len(sys.argv) != 2:
    sys.exit(f"usage: python -m storage.migrations MESSAGE\n\n{draft.__doc__}")
sys.stdout.write(f"{draft(sys.argv[1])}\n")
