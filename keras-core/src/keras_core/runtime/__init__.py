"""What is the same for every op: the active backend, dtypes, variables, symbolic tensors, op definitions."""
