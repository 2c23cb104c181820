"""Checks an exported folder of any format against its own manifest: offline, naming the file and text that differ."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any, Final

from pipeline.formats.differing import Fault, faults_in
from pipeline.formats.hashed_file import FileRow
from pipeline.formats.layout import MANIFEST_FILE
from pipeline.formats.manifest import ManifestError, identity_of, read_manifest
from pipeline.formats.progress import hashed
from pipeline.formats.writers import FORMATS, find_writer

MOST_FAULTS: Final = 200
"""Reported; what is beyond is only counted."""


@dataclass(slots=True)
class VerifyReport:
    """The outcome. ``identity`` is that of the manifest, to be compared with the one that was published."""

    release: str = ""
    format: str = ""
    identity: str = ""
    texts: int = 0
    images: int = 0
    files: int = 0
    omitted: int = 0
    """Images that were left out when the folder was written."""
    absent: int = 0
    """Of these, such as are not there now either: that is no fault. Those that are there were checked."""
    faults: list[Fault] = field(default_factory=list)
    faults_unnamed: int = 0

    @property
    def is_intact(self) -> bool:
        """Whether the folder is what the writer wrote."""
        return not self.faults

    def add(self, fault: Fault) -> None:
        if len(self.faults) < MOST_FAULTS:
            self.faults.append(fault)
        else:
            self.faults_unnamed += 1


def verify_folder(folder: Path) -> VerifyReport:
    """Compare every file of an exported release with its manifest.

    A folder that was changed together with its manifest has another ``identity``, which only the published one tells.
    """
    report = VerifyReport()
    try:
        manifest = read_manifest(folder)
    except ManifestError as error:
        report.add(Fault(MANIFEST_FILE, str(error)))
        return report
    told, files, omitted = manifest.told, manifest.files, manifest.omitted
    report.release, report.format = told["release"], told["format"]
    report.identity = identity_of([*files, *omitted])
    report.texts, report.images, report.files = told["texts"], told["images"], len(files)
    report.omitted = len(omitted)
    _find_extra(folder, {row.path for row in (*files, *omitted)}, report)
    changed = [row for row in files if _has_other_bytes(folder, row, report)]
    changed += _changed_of_omitted(folder, omitted, report)
    _name_texts(folder, told, [row.path for row in changed], report)
    return report


def _find_extra(folder: Path, known: set[str], report: VerifyReport) -> None:
    for root, folders, files in os.walk(folder):
        links = [name for name in folders if (Path(root) / name).is_symlink()]
        for name in sorted([*files, *links]):
            path = (Path(root) / name).relative_to(folder).as_posix()
            if path not in known and path != MANIFEST_FILE:
                report.add(Fault(path, "is not part of the release"))


def _changed_of_omitted(folder: Path, omitted: Sequence[FileRow], report: VerifyReport) -> list[FileRow]:
    """Of the images that were left out, those that somebody put there and that are others."""
    changed = []
    for row in omitted:
        if not os.path.lexists(folder / row.path):
            report.absent += 1
        elif _has_other_bytes(folder, row, report):
            changed.append(row)
    return changed


def _has_other_bytes(folder: Path, row: FileRow, report: VerifyReport) -> bool:
    """Whether the file's content is not that of the manifest; what is no file at all is reported at once."""
    path = PurePosixPath(row.path)
    if path.is_absolute() or ".." in path.parts:
        report.add(Fault(row.path, "leads out of the folder, so it was not looked at"))
        return False
    target = folder / row.path
    try:
        fault = "is a link, not a file" if target.is_symlink() else None if target.is_file() else "is missing"
    except OSError as error:  # such as a name that is longer than names can be
        fault = f"cannot be looked at ({error.strerror})"
    if fault is not None:
        report.add(Fault(row.path, fault))
        return False
    return hashed(target)[0] != row.sha256


def _name_texts(folder: Path, told: Mapping[str, Any], changed: Sequence[str], report: VerifyReport) -> None:
    """Report the changed files, with the texts or scenes in which they differ."""
    writer = find_writer(told["format"]) if told["format"] in FORMATS else None
    for path in changed:
        found = faults_in(folder, told, writer() if writer else None, path, frozenset(changed))
        for fault in found or [Fault(path, "has other bytes than the manifest says")]:
            report.add(fault)
