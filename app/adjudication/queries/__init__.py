"""The SQL of adjudication."""
