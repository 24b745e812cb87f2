"""The PyTorch backend of keras-core; core finds it through the entry point `torch`."""
