"""Why an actor chooses as it does, and what would have to change."""
