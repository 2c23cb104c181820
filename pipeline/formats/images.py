"""The images of a release: copied, linked or left out, with the side file that says what is known of each."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import PurePosixPath
from typing import BinaryIO, Final

from pipeline.formats.entries import Entry, json_line, sealed
from pipeline.formats.folder import ReleaseFolder
from pipeline.formats.hashed_file import FileRow, HashedFile
from pipeline.formats.image_names import IMAGE_ENDINGS, ImagePaths
from pipeline.formats.layout import IMAGES_FILE, ORIGINALS, ORIGINALS_FILE
from pipeline.formats.progress import hashed
from pipeline.formats.source import DamagedImageError, ReleaseSource, licence_of
from pipeline.formats.statistics import Statistics
from pipeline.formats.writer import ReleaseWriter
from pipeline.vocabulary import KINDS

CHUNK_BYTES: Final = 1 << 20


def write_images(
    release: ReleaseFolder,
    writer: ReleaseWriter,
    source: ReleaseSource,
    paths: ImagePaths,
    statistics: Statistics,
) -> None:
    """All images that have a text in this format, in the order of their scenes."""
    options = release.options
    is_whole = set(writer.kinds) == set(KINDS)
    chosen = None if is_whole else set(source.scenes_with(writer.kinds))
    with ExitStack() as opened:
        lines = opened.enter_context(HashedFile(release.path, IMAGES_FILE))
        originals = opened.enter_context(_Originals(release, source)) if options.with_original else None
        for entry in source.images():
            if chosen is not None and (entry["dataset"], entry["scene"]) not in chosen:
                continue
            path = paths.of(entry["dataset"], entry["scene"])
            licence = licence_of(entry, release.head)
            if writer.embeds_images or options.leaves_out(licence):
                release.omitted.append(FileRow(path, entry["assets"]["processed"], 0))
            else:
                _add_image(release, source, entry, path, is_link=options.images == "link")
            if originals and not options.leaves_out(licence):
                originals.add(entry, path)
            line = {**writer.image_entry(entry, licence), "image": path}
            lines.write(json_line(sealed(line)).encode() + b"\n")
            statistics.add_image(entry)
            source.tell("images", statistics.images["all",])
    release.files += [lines.row()] + ([originals.row()] if originals else [])


def _add_image(release: ReleaseFolder, source: ReleaseSource, entry: Entry, path: str, *, is_link: bool) -> None:
    sha256 = entry["assets"]["processed"]
    if release.has(path):
        return
    try:
        row = _linked(release, source, sha256, path) if is_link else _copied(release, source.open_image(sha256), path)
    except DamagedImageError as error:
        raise DamagedImageError(f"the image of {_named(entry)} is missing: {error}") from error
    if row.sha256 != sha256:
        raise DamagedImageError(
            f"the stored image of {_named(entry)} is damaged ({row.bytes:,} bytes, SHA-256 {row.sha256}): import the"
            " dataset again, which restores it"
        )
    release.add(row)


class _Originals:
    """The originals, each once for all the chips that were cut from it, and which scene has which."""

    def __init__(self, release: ReleaseFolder, source: ReleaseSource) -> None:
        self._release, self._source = release, source
        self._lines = HashedFile(release.path, ORIGINALS_FILE)
        self._seen: set[str] = set()

    def __enter__(self) -> _Originals:
        return self

    def __exit__(self, *_: object) -> None:
        self._lines.close()

    def row(self) -> FileRow:
        """Of the file of lines."""
        return self._lines.row()

    def add(self, entry: Entry, image: str) -> None:
        """The original of the scene whose image is at ``image``."""
        told = (entry.get("original") or {}).get("sar") or {}
        if "sha256" not in told:
            raise DamagedImageError(f"it is not known what the original of {_named(entry)} is; leave originals out")
        ending = PurePosixPath(told["name"]).suffix.lower()
        path = f"{ORIGINALS}/{told['sha256']}{ending if ending in IMAGE_ENDINGS else ''}"
        if path not in self._seen:
            self._seen.add(path)
            if not self._release.has(path):
                self._copy(entry, path, told["sha256"])
        line = {"dataset": entry["dataset"], "scene": entry["scene"], "image": image, "original": path}
        sealed_line = sealed({**line, "name": told["name"], "original_sha256": told["sha256"]})
        self._lines.write(json_line(sealed_line).encode() + b"\n")

    def _copy(self, entry: Entry, path: str, sha256: str) -> None:
        row = _copied(self._release, self._source.open_original(entry), path)
        if row.sha256 != sha256:
            raise DamagedImageError(
                f"the original of {_named(entry)} is no longer the file that was imported (SHA-256 {row.sha256}): bring"
                " it back, or leave originals out"
            )
        self._release.add(row)


def _linked(release: ReleaseFolder, source: ReleaseSource, sha256: str, path: str) -> FileRow:
    target = release.path / path
    target.parent.mkdir(parents=True, exist_ok=True)
    source.link_image(sha256, target)
    return FileRow(path, *hashed(target))


def _copied(release: ReleaseFolder, source: BinaryIO, path: str) -> FileRow:
    with source, HashedFile(release.path, path) as target:
        while chunk := source.read(CHUNK_BYTES):
            target.write(chunk)
    return target.row()


def _named(entry: Entry) -> str:
    return f"scene {entry['scene']!r} in dataset {entry['dataset']}"
