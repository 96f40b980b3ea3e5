"""What turns an answer: assumptions, structure, information, studies, and another case."""
