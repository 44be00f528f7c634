"""Simulations as people see them: recorded metrics in, pictures out."""
