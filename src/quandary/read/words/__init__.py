"""Lists of words that reading goes by."""
