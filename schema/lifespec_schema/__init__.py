"""What users write: the language's models, its loader and the metric catalog's facts."""
