"""Plans written out as flat programs for compiled code."""
