"""Bayesian networks and influence diagrams: BIF, XML, Hugin, GeNIe."""
