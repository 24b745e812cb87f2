"""Activations that have arguments or weights of their own."""
