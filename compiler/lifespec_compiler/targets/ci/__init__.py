"""What the targets for CI systems share: the commands that CI runs, the facts it needs, and what it cannot do."""
