"""What each analysis found, in words and as tables."""
