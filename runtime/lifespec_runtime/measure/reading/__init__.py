"""Reading data: CSV, JSON lines and Parquet, from anywhere, in chunks whose columns have the contract's types.

Everything that is wrong with the data is a coded `Flaw` with file, row and column; what cannot be read at all is
`Unreadable`, which carries one. Row numbers count from 1, without a header.
"""
