"""How an answer depends on which equilibrium is played."""
