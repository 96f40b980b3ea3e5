"""The report as one HTML file: the page, its style, the influence diagram, what notebooks show."""
