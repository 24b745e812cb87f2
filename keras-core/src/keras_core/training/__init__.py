"""One trainer for every backend: what `Model` inherits to be compiled, fitted, evaluated; data; callbacks."""
