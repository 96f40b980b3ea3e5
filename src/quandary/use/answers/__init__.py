"""A case asked: everything it claims, one question, why an answer is what it is, and a report to hand over."""
