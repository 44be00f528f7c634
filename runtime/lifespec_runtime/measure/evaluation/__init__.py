"""Evaluating a model on the test split: every offline check of a plan becomes measurements, never a verdict.

Data flows one way: rows and their split → `truth` (labels, queries, groups) and `answers` (what models say) → samples →
`gates`, `fairness`, `robustness`, `latency` → measurements for the report, and a `detail` for people.
"""
