"""Training: the trainer gets train and validation, never test; what it writes is checked before anything is kept."""
