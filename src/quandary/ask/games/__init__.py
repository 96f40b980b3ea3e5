"""Games that questions need: planned, solved, and what is known in them."""
