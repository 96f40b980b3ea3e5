"""Cases themselves: begun, drafted from an article, checked, and shown stage by stage."""
