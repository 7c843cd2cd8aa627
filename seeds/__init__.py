"""What a new installation starts with, and what a demonstration shows."""
