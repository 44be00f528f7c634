"""Where data is read, when it is not in this process alone.

Every engine runs the same pass over parts of the files and merges what the parts give, so that its numbers are those of
one process.
"""
