"""What can be asked of a case in many worlds, and what comes back."""
