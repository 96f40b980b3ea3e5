"""From a number back to what it rests on."""
