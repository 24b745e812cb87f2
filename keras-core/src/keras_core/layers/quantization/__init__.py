"""Layers whose large weights are kept as small integers or multiplied in floats of eight bits."""
