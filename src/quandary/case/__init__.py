"""The YAML case: schema, loader with places, checks, compiler to a game, writer."""
