"""What follows from changes: rules announced, effects along a path, evidence in order of date."""
