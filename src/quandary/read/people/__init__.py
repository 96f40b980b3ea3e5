"""Who acts and who speaks."""
