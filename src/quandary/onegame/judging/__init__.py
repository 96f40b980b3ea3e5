"""What can be said of a listed equilibrium: refinements, beliefs, signals."""
