"""Charts as Vega-Lite specifications, each with a sentence for those who cannot see it and a table twin."""
