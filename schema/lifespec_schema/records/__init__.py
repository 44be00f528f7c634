"""The kinds that only live in the cluster: what was measured, what was decided, what people ask for, and the status.

Like `lifespec_schema.spec` these models are the definition, never imported at run time: CRDs, JSON Schemas and the
compiled validators are derived from them. They have one form, with numbers in base units.
"""
