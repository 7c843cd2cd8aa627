"""Citaatwacht: who said what, when, and whether it is a reversal."""
