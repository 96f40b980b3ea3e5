"""Pages beside that of a case: the ledger, a draft with its questions, two cases side by side."""
