"""Sessions on the card: begun, gone on with, closed whole after a power cut, kept within room."""
