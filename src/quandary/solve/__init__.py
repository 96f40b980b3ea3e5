"""Solution concepts, one a file, and a check of any behaviour that trusts no solver."""
