"""What a run finds: outcomes, claims with verdicts, questions, checks, the headline."""
