"""The author's own voice: what he claims, and what he only narrates."""
