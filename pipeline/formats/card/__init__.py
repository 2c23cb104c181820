"""The card of a release: what it holds, how far it can be trusted, and how it is cited.

::

    README.md            the card, with a head that the Hugging Face Hub and ``datasets`` read
    DATASHEET.md         the questions of Gebru et al. (2021)
    LICENSES.md          which images are under which licence
    CITATION.cff, CITATION.bib
    statistics/          each table as CSV, each figure as SVG and PNG
"""

from pipeline.formats.card.similarity import Similarity
from pipeline.formats.card.writing import VERSION, write_card

__all__ = ["VERSION", "Similarity", "write_card"]
