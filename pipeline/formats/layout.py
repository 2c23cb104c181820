"""What the folders of all formats have in common: side files, manifest, statistics, and where images are."""

from __future__ import annotations

from typing import Final

TEXTS_FILE: Final = "texts.jsonl"
"""A line a text: the whole entry, with its id and the path of its image."""
IMAGES_FILE: Final = "images.jsonl"
"""A line an image: the whole entry of its scene, with its path."""
ORIGINALS_FILE: Final = "originals.jsonl"
"""A line an image whose original is there too."""
STATISTICS_FILE: Final = "STATISTICS.md"
MANIFEST_FILE: Final = "manifest.json"
PROGRESS_FILE: Final = ".progress.jsonl"
"""Of a folder that is not finished: which of its files are."""

ORIGINALS: Final = "originals"
IMAGE_FOLDERS: Final = ("SARimages", "images")
"""Where formats put images; what is below is part of a release's identity."""

CAPTION_PROMPT: Final = "Describe the content of this image in one sentence."
"""The published prompt under which captions are evaluated."""


def counts_for_identity(path: str) -> bool:
    """Whether a file is in the hash tree: the side files and the images. All else is derived from them."""
    return path in {TEXTS_FILE, IMAGES_FILE} or path.startswith(tuple(f"{folder}/" for folder in IMAGE_FOLDERS))
