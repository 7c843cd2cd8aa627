"""Trains the Dutch spaCy pipeline that ships in `bot/quotes/model`; nothing at runtime imports it."""
