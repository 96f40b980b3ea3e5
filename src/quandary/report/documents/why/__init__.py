"""What answers rest on, and why actors choose as they do, as documents."""
