"""Case to game: a file loaded, checked and planned; amounts, chances, odds and stakes in many worlds."""
