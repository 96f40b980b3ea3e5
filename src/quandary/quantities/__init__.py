"""Numbers with doubt: estimates, seeded draws, summaries, and what moves with what."""
