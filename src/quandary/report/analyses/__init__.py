"""What each analysis found, in words, as tables and as JSON."""
