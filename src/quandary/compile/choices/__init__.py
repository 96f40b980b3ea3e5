"""What may be chosen, and what is usual where all options are worth the same."""
