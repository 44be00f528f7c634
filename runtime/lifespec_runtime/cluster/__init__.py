"""What talks to a Kubernetes API server, as the account of the pod that it runs in.

Nothing here reads a kubeconfig or knows a user: a command that writes to the cluster does so where the cluster runs it.
"""
