"""What ledgers tell, for people and machines: why something was decided, and how things stand."""
