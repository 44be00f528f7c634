"""The outside judges: programs and schemas, not ours, that say whether what lifespec makes is right.

A machine may lack some. `find` then raises `AbsentError` with the reason, and the `judge` fixture turns that into a
skip that names the judge, or into a failure where `REQUIRE_JUDGES=1` is set.
"""
