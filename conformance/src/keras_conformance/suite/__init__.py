"""The tests that examine a backend: `pytest --pyargs keras_conformance.suite --keras-backend NAME`."""
