"""What changes an answer: policies announced, paths, evidence in order of time."""
