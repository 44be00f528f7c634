"""The language as pydantic models, one module per section of the spec.

These models are the definition of the language: the JSON Schema, the CRDs, the field reference and the compiled
validators (`lifespec_schema.compiled`) are all derived from them. Nothing on the path of lint or compile imports this
package at run time; code that reads a spec imports its classes for type checking only.
"""
