"""What is looked up: faults by their code, and the schemas of files, requests and results."""
