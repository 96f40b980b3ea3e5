"""From an article to a draft case."""
