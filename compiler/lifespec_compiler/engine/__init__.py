"""What happens to a model: decided by one pure function, recorded before it is done."""
