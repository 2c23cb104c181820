"""Opening a source by its options, and the file of splits."""

from __future__ import annotations

import csv
from pathlib import Path

from app.db.errors import DomainError
from app.intake.workflow.options import ImportOptions
from pipeline.sources.readers import read_source
from pipeline.sources.reading import SourceReading
from pipeline.vocabulary import SPLITS


class SplitFileError(DomainError):
    """The file of splits cannot be used."""

    code = "split_file"


def open_source(options: ImportOptions) -> SourceReading:
    """The reading that the options ask for; raises ``SourceError`` at once where there is nothing to read."""
    return read_source(options.source, options.reading())


def read_splits(file: Path | None) -> dict[str, str]:
    """``{scene name: split}`` of a CSV file ``scene,split``, with or without that line at its head.

    Raises
    ------
    SplitFileError
        If there is no such file, or a line is not a scene and a split; the sentence names the line.
    """
    if file is None:
        return {}
    try:
        with file.open(encoding="utf-8-sig", newline="") as opened:
            lines = list(csv.reader(opened))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise SplitFileError(
            f"The split file {file} cannot be read: {_why(error)}. Give a CSV file scene,split."
        ) from error
    splits: dict[str, str] = {}
    for number, line in enumerate(lines, 1):
        if not line or (number == 1 and [cell.strip().lower() for cell in line] == ["scene", "split"]):
            continue
        if len(line) != 2 or line[1].strip() not in SPLITS:
            raise SplitFileError(
                f"Line {number} of {file} is not a scene and a split ({', '.join(SPLITS)}): {line!r}. Mend that line."
            )
        splits[line[0]] = line[1].strip()
    return splits


def _why(error: Exception) -> str:
    """Without the number and the path that the system's own words hold."""
    return (isinstance(error, OSError) and error.strerror) or str(error)
