"""Layers that make training harder, so that it generalizes."""
