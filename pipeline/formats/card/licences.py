"""LICENSES.md, and what the head of README.md says of licences."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from pipeline.formats.card.table import escaped
from pipeline.formats.manifest import ReleaseHead
from pipeline.formats.source import UNKNOWN_LICENCE
from pipeline.formats.statistics import Statistics

Licences = Mapping[str, Mapping[str, int]]
"""``{dataset: {licence: images}}``"""

HUB_LICENCES: Final[Mapping[str, str]] = {
    "cc0": "cc0-1.0",
    "cc0 1.0": "cc0-1.0",
    **{f"cc {kind} {number}": f"cc-{kind}-{number}"
       for kind in ("by", "by-sa", "by-nc", "by-nd", "by-nc-sa", "by-nc-nd") for number in ("2.0", "3.0", "4.0")},
    "mit": "mit",
    "apache 2.0": "apache-2.0",
    "odbl": "odbl",
    "odc-by": "odc-by",
    "pddl": "pddl",
}  # fmt: skip
"""Identifiers by which the Hugging Face Hub knows them."""


def licences_of(head: ReleaseHead, statistics: Statistics) -> Licences:
    """The licences of the images that are counted: of the scene, else of its dataset."""
    told = {str(source.get("dataset")): source.get("licence") for source in sources_of(head)}
    found: dict[str, dict[str, int]] = {}
    for (fact, dataset, own), images in sorted(statistics.scenes.values.items()):
        if fact == "licence":
            licence = own or str(told.get(dataset) or UNKNOWN_LICENCE)
            of = found.setdefault(dataset, {})
            of[licence] = of.get(licence, 0) + images
    return found


def sources_of(head: ReleaseHead) -> list[Mapping[str, Any]]:
    """What was frozen of its datasets; nothing of a release from before that was told."""
    return [source for source in head.counts.get("sources") or () if isinstance(source, Mapping)]


def hub_licence(licences: Licences) -> tuple[str, str | None]:
    """The identifier for the head of README.md, and a name where that is ``other``."""
    names = {licence for of in licences.values() for licence in of}
    known = {HUB_LICENCES.get(re.sub(r"\s+", " ", name.strip().lower().replace("cc-by", "cc by"))) for name in names}
    if not names or names == {UNKNOWN_LICENCE}:
        return "unknown", None
    if len(known) == 1 and (only := next(iter(known))):
        return only, None
    return "other", "by-source"


def licences_page(head: ReleaseHead, licences: Licences) -> str:
    """LICENSES.md: which images are under which licence, and who is to be cited."""
    rows = [
        f"| {escaped(dataset)} | {_licence(licence)} | {images:,} |"
        for dataset, of in sorted(licences.items())
        for licence, images in sorted(of.items(), key=lambda each: (-each[1], each[0]))
    ]
    unknown = sum(of.get(UNKNOWN_LICENCE, 0) for of in licences.values())
    parts = [
        f"# Licences of {escaped(head.label)}",
        "This release is made of parts that keep their own licences. A licence of a source is told as its data set"
        " stated it when it was imported; where that is a summary, the data set's own words hold.",
        "## Images, and what was derived from them",
        "\n".join(["| source | licence | images |", "| --- | --- | ---: |", *rows]) if rows else "There are no images.",
        "Each line of `images.jsonl` and of its metadata says the licence of its scene where that is known.",
    ]
    if unknown:
        parts.append(
            f"Of {unknown:,} image{'' if unknown == 1 else 's'} the licence is **unknown**: whoever passes them on has"
            " to find it out. They can be left out of an export by that word."
        )
    parts += [
        "## Texts",
        "Questions, answers and captions were drafted by programs or models and verified by reviewers. This release"
        " states no licence of its own for them; ask who publishes it. Texts that follow from annotations of a source"
        " (object boxes, land cover maps) may be bound by the licence of that source.",
    ]
    cited = [
        f"- {escaped(str(source['dataset']))}: {escaped(str(source['citation']))}"
        for source in sources_of(head)
        if source.get("citation")
    ]
    if cited:
        parts += ["## To be cited", "\n".join(cited), "In BibTeX: [CITATION.bib](CITATION.bib)."]
    return "\n\n".join(parts) + "\n"


def _licence(name: str) -> str:
    return "**unknown**" if name == UNKNOWN_LICENCE else escaped(name)
