"""The cases, one module a family: `OPS` by public name, `PRIMITIVES` by the name in the contract."""
