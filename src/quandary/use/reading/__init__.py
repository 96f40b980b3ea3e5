"""From an article to a draft and its first answer."""
