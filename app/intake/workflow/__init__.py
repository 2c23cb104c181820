"""What is done to a dataset, in its order: import, draft, screen and seal."""
