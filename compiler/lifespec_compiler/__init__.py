"""From a spec to a plan, and from a plan to findings and files. Free of I/O, but for emit."""
