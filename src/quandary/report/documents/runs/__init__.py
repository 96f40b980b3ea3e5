"""A run as a document: its newest version, the earlier one, and what hangs on unknown numbers."""
