"""The catalogue of fault codes, as data."""
