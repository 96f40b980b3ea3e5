"""Following the branch where the game contracts."""
