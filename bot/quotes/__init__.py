"""From a text to statements: who said what, and when."""
