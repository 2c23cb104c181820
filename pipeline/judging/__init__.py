"""Answers judged by a model: where scoring's prompt and drafting's client meet, which know nothing of each other."""
