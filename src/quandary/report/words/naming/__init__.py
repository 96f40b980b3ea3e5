"""What things are called for people: the case's own words, or words built from them."""
