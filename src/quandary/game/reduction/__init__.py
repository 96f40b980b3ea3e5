"""Smaller games with the same answers: constants absorbed, chance averaged out, variables held."""
