"""Whether a reading could come out otherwise at all: proofs, margins, and a search for a counter-example."""
