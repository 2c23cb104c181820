"""Parquet with the images inside: a row a text, as Hugging Face's ``datasets`` reads and shows it.

::

    data/train-00000-of-00003.parquet    image {bytes, path}, id, kind, question, answer, caption, …

``load_dataset(FOLDER)`` finds splits by the names of the files. Rows are in the order of their scenes, so that an image
that many texts are about is stored once a row group, where Parquet's dictionary finds it again. Texts and images of a
row group fit into memory several times over: how many that are follows from the sizes of the images.
"""

from __future__ import annotations

from typing import ClassVar

from pipeline.formats.folder import ReleaseFolder
from pipeline.formats.writer import ReleaseWriter


class ParquetWriter(ReleaseWriter):
    name: ClassVar[str] = "parquet"
    title: ClassVar[str] = "Parquet with images"
    writes: ClassVar[str] = "A row a text with its image inside, in shards by split, for Hugging Face's datasets."
    version: ClassVar[str] = "trihedral-parquet-1"
    is_fixed: ClassVar[bool] = False
    embeds_images: ClassVar[bool] = True

    def derive(self, release: ReleaseFolder) -> None:
        # Arrow is large, and who only lists the formats does not need it.
        from pipeline.formats.shards import write_shards

        write_shards(release)
