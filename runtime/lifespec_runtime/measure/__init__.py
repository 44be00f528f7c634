"""What touches data: reading it, holding it against its contract, and measuring models on it."""
