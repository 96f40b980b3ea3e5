"""The principal branch of logit equilibria, followed in many worlds at once."""
