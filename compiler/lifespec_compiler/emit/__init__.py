"""From manifests to bytes, and from bytes to files: the only part of the compiler that touches a disk."""
