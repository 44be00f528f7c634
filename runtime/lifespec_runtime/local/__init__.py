"""The user's checkout: which files belong to the work at hand, and how they are read."""
