"""The tables, sessions and every query."""
