"""A world in virtual time for the engine to decide in, and an observer, which is not the engine, to judge it."""
