"""Telegram's side: commands and buttons, answered from storage."""
