"""From values to what a person reads."""
