"""SQL of quizzes."""
