"""What touches files, data, processes or a cluster; on top, the command line."""
