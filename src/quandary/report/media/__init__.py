"""One renderer a medium: terminal, Markdown, CSV, JSON, PDF."""
