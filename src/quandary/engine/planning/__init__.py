"""What has to be computed for a question, planned once for each structure."""
