"""How far a measured value may be from the true one: bounds computed from counts, moments and influences.

Every function takes arrays as well as numbers, element by element, so that simulations of its coverage cost one call.
All bounds have equal tails. NaN stands for a bound that does not exist, and `checked` turns it into none at all.
"""
