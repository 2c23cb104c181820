"""The SQL of intake, one module a notion."""
