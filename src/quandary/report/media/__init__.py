"""One renderer a medium: terminal, Markdown, CSV, PDF (HTML is a room of its own, `html`)."""
