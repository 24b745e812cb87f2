"""How what is above the ops is called on both sides: one module a family.

Each has `paths()`, what it compares, and `calls(path)`.
"""
