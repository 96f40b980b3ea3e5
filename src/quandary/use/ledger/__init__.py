"""Tasks of the ledger: forecasts kept, settled and scored."""
