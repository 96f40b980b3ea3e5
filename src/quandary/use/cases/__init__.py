"""Cases themselves: begun, checked, and shown stage by stage."""
