"""The shape of a case file: models, fields, and how misfits are told."""
