"""Where entries are kept: SQLite in a file, or PostgreSQL by address, on one schema."""
