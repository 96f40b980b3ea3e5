"""The case file: its text with places, the records, their checks, and how a case is written."""
