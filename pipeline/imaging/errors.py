"""What goes wrong with an image."""

from __future__ import annotations

from pathlib import Path


class ImageError(Exception):
    """This image cannot be used; ``reason`` says what is wrong and what to do, as a clause after the file's name."""

    def __init__(self, path: Path | str, reason: str) -> None:
        super().__init__(path, reason)
        self.path = Path(path)
        self.reason = reason

    def __str__(self) -> str:
        return f"{shown(self.path)}: {self.reason}"


class StorageError(ImageError):
    """The place where the image lies does not answer, or has gone: no fault of the image, and worth another try."""


def shown(path: Path) -> str:
    """A path for people, on one line: file names may hold line ends and bytes that are no text."""
    text = str(path)
    return text if text.isprintable() else ascii(text)
