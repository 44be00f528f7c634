"""What `lifespec simulate` reads, runs and writes."""
