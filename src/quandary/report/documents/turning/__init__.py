"""What turns an answer, what knowing is worth, and what to ask, as documents."""
