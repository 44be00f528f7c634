"""What is worth knowing of a data set, in a summary that is small, holds no row, and merges.

A profile of all rows is the merge of the profiles of any parts, in any order. Counts, extremes, histograms, categories
and sketches of distinct values come out equal, bit for bit; means and variances within a relative 1e-9, because they
are sums of floating-point numbers.
"""
