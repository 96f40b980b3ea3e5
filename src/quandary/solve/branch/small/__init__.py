"""Small games of one world, followed with exact derivatives."""
