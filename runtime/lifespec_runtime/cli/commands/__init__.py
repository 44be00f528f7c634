"""One module for each command; each has its `command`."""
