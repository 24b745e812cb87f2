"""What must hold for any layer on any backend: what `check_layer` and the layer cases of the suite have in common."""
