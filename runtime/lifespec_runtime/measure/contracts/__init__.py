"""Holding data against its contract: what every rule counts, and whether that is within its bound.

The rules come from the plan (`rules`), one pass over the data counts (`scan`), and `results` compares. A rule that
could not be measured is an Error, never a Pass.
"""
