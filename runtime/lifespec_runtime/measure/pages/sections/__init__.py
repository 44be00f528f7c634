"""The sections of a page: each a function from values to what its template writes."""
