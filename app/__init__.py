"""Heardback: no candidate is left in silence, and no promise lapses unnoticed."""

__version__ = "0.1.0"
