"""The grammar that cases and queries share, and one syntax tree."""
