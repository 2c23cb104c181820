"""What scripts send and get about quizzes."""
