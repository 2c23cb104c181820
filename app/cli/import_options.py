"""The options of `trihedral dataset import`, each with its help."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class Source(StrEnum):
    """How the files are laid out; the names of the readers, which are loaded only to be used."""

    SPACENET6 = "spacenet6"
    DFC2023 = "dfc2023"
    OPENEARTHMAP_SAR = "openearthmap-sar"
    SARDET_100K = "sardet-100k"
    COCO = "coco"
    VOC = "voc"
    YOLO = "yolo"
    PAIRED = "paired"


class OnError(StrEnum):
    """What a file that cannot be taken does to the import."""

    SKIP = "skip"
    STOP = "stop"


class Quantity(StrEnum):
    """What a pixel's number is."""

    DB = "db"
    INTENSITY = "intensity"
    AMPLITUDE = "amplitude"
    DN = "dn"


class Unit(StrEnum):
    """What values in dB are relative to."""

    SIGMA0 = "sigma0_db"
    GAMMA0 = "gamma0_db"
    RELATIVE = "relative_db"


class Originals(StrEnum):
    """What is kept of the files as they came."""

    REFERENCE = "reference"
    COPY = "copy"


Json = Annotated[bool, typer.Option("--json", help="Print JSON, for scripts.")]
SourceName = Annotated[Source, typer.Argument(help="A published data set, or how the files are laid out.")]
Place = Annotated[str, typer.Argument(help="The source's folder; s3://BUCKET/PREFIX is fetched first.")]
Name = Annotated[str, typer.Option(help="The dataset's name; made if it is new.")]
Optical = Annotated[str | None, typer.Option(help="Folder of the optical images.")]
Boxes = Annotated[str | None, typer.Option(help="File of the object boxes.")]
Images = Annotated[str | None, typer.Option(help="Folder of the SAR images, where not in PATH.")]
Labelled = Annotated[str, typer.Option(help="Categories annotated exhaustively: ship,bridge,…")]
Pair = Annotated[str | None, typer.Option(help="SAR:OPTICAL, what tells partners apart, as SAR-Intensity:PS-RGB.")]
Band = Annotated[str | None, typer.Option(help="The polarisation: a band's number from 1, or HH, VV, …")]
OnlyBand = Annotated[
    bool, typer.Option("--only-band", help="Leave the other polarisations of the files out; else up to 4 are kept.")
]
QuantityIs = Annotated[
    Quantity | None, typer.Option(help="What the numbers are. Default: as documented, or told from the file.")
]
UnitIs = Annotated[Unit, typer.Option(help="sigma0_db or gamma0_db where calibration is documented.")]
Looks = Annotated[float | None, typer.Option(min=0.1, help="Equivalent number of looks.")]
ChipSide = Annotated[
    int, typer.Option(min=256, max=4096, help="Side of the chips that scenes above 4096 × 4096 are cut into.")
]
ChipOverlap = Annotated[int, typer.Option(min=0, help="By how much neighbouring chips overlap.")]
OriginalsAre = Annotated[Originals, typer.Option(help="Name the files where they lie, or keep copies in the store.")]
SplitFile = Annotated[Path | None, typer.Option(help="CSV scene,split, instead of what the source says.")]
SplitSeed = Annotated[int, typer.Option(help="Fixes an own split.")]
Reviews = Annotated[int | None, typer.Option(min=1, max=9, help="Reviews a packet. Default: 1.")]
HoldPairs = Annotated[
    str | None,
    typer.Option(help="Pairs that wait for an admin: misregistered,shifted,unknown or none. Default: misregistered."),
]
AtError = Annotated[OnError, typer.Option(help="At a file that cannot be taken.")]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Read the source and report; no image is decoded, nothing is kept.")
]
NoWait = Annotated[
    bool, typer.Option("--no-wait", help="Only begin it; the workers of `trihedral serve` carry it out.")
]
