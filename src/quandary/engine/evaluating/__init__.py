"""Plans carried out on tables in all worlds."""
