"""Checks of behaviours that trust no solver."""
