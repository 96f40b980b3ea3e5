"""What claims say that can be tested: situations, their conditions and causes."""
