"""What a plan would do: the engine that decides in the cluster, driven by a virtual clock in a world of known truth."""
