"""Numbers with doubt: estimates, seeded draws, summaries."""
