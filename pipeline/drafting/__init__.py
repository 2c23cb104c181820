"""Drafting: texts about scenes, by drafters (:mod:`~pipeline.drafting.drafters`), each one class in one file.

Every draft says what it follows from: a corpus question carries the program that derives its answer again, a model's
text the hash of the reply that it was taken from.
"""
