"""What every room stands on: faults, places, files, limits, stopping."""
