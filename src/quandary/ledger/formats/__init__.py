"""Forecasts as other programs keep them: one file a format."""
