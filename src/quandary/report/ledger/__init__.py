"""A ledger in words, tables and charts."""
