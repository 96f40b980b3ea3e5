"""The page of a case: read without a script, moved with one; a process for each case that is open."""
