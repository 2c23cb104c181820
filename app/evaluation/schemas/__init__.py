"""What scripts send and get about evaluations."""
