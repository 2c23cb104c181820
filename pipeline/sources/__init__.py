"""Readers of published data sets: a folder in, an iterator of scenes out.

:mod:`pipeline.sources.readers` names them as the command line does.
"""
