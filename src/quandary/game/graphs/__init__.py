"""What the arrows of a causal game say: d-separation, relevance, what must be observed, what is possible."""
