"""The options of `trihedral release create`: what is asked for, and the gates."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer


class Pairs(StrEnum):
    """How far the optical image of a scene has to be trusted."""

    ANY = "any"
    NOT_HELD = "not-held"
    TRUSTED = "trusted"


class Findings(StrEnum):
    """Which findings a text may have."""

    ANSWERED = "answered"
    ANY = "any"


class Support(StrEnum):
    """What a text may rest on."""

    ANY = "any"
    SAR = "sar"


Datasets = Annotated[list[str], typer.Option("--dataset", help="May be given several times.")]
Kinds = Annotated[
    list[str] | None, typer.Option("--kind", help="Only these: concise_caption, complex_caption, question.")
]
QuestionTypes = Annotated[list[str] | None, typer.Option("--question-type", help="Of questions, only these types.")]
Splits = Annotated[list[str] | None, typer.Option("--split", help="Only these: train, val, test, held_out.")]
Notes = Annotated[str, typer.Option(help="What its readers should know.")]
WithSampled = Annotated[
    bool, typer.Option("--with-sampled", help="And texts that a sample vouches for: not read themselves, and told so.")
]
Reviews = Annotated[
    int, typer.Option("--reviews", help="Counted reviews that each text needs, unless an adjudicator decided.")
]
OpenFindings = Annotated[
    Findings, typer.Option("--findings", help="Errors that screening found: each answered by a reviewer, or no matter.")
]
WithUnusable = Annotated[
    bool, typer.Option("--with-unusable", help="And texts of scenes that a reviewer found unusable.")
]
PairTrust = Annotated[
    Pairs, typer.Option("--pairs", help="Trusted: the two images fit, or an admin decided on the pair.")
]
Supported = Annotated[Support, typer.Option("--support", help="sar: only what is true of the SAR image alone.")]
Licences = Annotated[
    list[str] | None, typer.Option("--licence", help="Only scenes under these; may be given several times.")
]
UnknownLicence = Annotated[
    bool, typer.Option("--unknown-licence", help="With --licence: and scenes of which no licence is known.")
]
BlockDisputed = Annotated[
    bool, typer.Option("--block-disputed", help="No release while one of its texts waits to be adjudicated.")
]
Strict = Annotated[
    bool, typer.Option("--strict", help="No release where ground lies on more than one side of the split.")
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Tell what would be in, what out and why; freeze nothing.")]


class Images(StrEnum):
    """How the images of a release are in its folder."""

    COPY = "copy"
    LINK = "link"
    OMIT = "omit"


class More(StrEnum):
    """What may be beside the processed images."""

    ORIGINAL = "original"


Format = Annotated[str, typer.Option("--format", help="One of those that `trihedral release formats` tells.")]
ImagesAre = Annotated[
    Images,
    typer.Option("--images", help="link: second names of the stored files, on one file system; omit: hashes alone."),
]
OmittedLicences = Annotated[
    list[str] | None,
    typer.Option("--omit-licence", help="Leave out images under this one (unknown: without any); several times."),
]
Beside = Annotated[More | None, typer.Option("--with", help="original: the files as they came, beside the processed.")]
