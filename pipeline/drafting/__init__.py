"""Drafting: texts from boxes (:mod:`~pipeline.drafting.corpus`) and from a model (:mod:`~pipeline.drafting.captions`).

Every draft says what it follows from: a corpus question carries the program that derives its answer again, a caption
the hash of the reply that it was taken from.
"""
