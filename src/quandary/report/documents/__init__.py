"""Results as documents: what ``--json`` prints, as typed records that become plain data and give their JSON Schema."""
