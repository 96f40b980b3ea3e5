"""What a verdict rests on: the ends of a reading, the lines and numbers that decide it."""
