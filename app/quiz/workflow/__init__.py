"""What is done with quizzes. All of it is also the command's."""
