"""The causal game: diagram, tree, tables, d-separation, relevance, interventions."""
