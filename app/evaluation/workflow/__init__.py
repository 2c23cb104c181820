"""What is done with evaluations. All of it is also the command's."""
