"""The language, compiled ahead of time.

Building the pydantic models takes most of a second; the validators that pydantic builds from them take a millisecond.
So the models' core schemas are exported as data (`build`, proven fresh by a test) and read back here (`language`),
and neither lint nor compile ever imports the models. With another pydantic-core than the one that wrote the data, the
models are built after all: slower, same result.
"""
