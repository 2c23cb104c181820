"""Extraction: the object categories, question types and land covers that texts name, so that they can be counted."""

from pipeline.extraction.extractor import EXTRACTOR_VERSION, Extracted, extract

__all__ = ["EXTRACTOR_VERSION", "Extracted", "extract"]
