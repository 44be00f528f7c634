"""The typed values of the language: texts that people write and the numbers they stand for.

Each function reads one leaf, in the authoring form (`5%`, `1h30m`) or, when the validation context is `CANONICAL`, in
the canonical form (0.05, 5400), and refuses what is probably a mistake with what was probably meant. They are named in
the compiled language by module and name, so this package imports nothing but the standard library and pydantic-core.
"""
