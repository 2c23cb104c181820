"""The SQL of reviewing, a module an act."""
