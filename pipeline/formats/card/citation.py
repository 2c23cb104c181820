"""CITATION.cff and CITATION.bib: how the release is cited, and what it is made of."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from pipeline.formats.card.licences import sources_of
from pipeline.formats.card.table import printable
from pipeline.formats.manifest import ReleaseHead

PROJECT: Final = "The Trihedral project"
LONGEST: Final = 2_000
"""Code points of a value from outside."""


@dataclass(frozen=True, slots=True)
class Reference:
    """A published data set, or paper."""

    key: str
    kind: str
    fields: Mapping[str, str]
    known_by: tuple[str, ...] = ()
    """In lower case: what a citation of it contains, any of them."""

    def bibtex(self) -> str:
        """One entry; the values are ours and are written as they are."""
        fields = ",\n".join(f"  {name} = {{{value}}}" for name, value in self.fields.items())
        return f"@{self.kind}{{{self.key},\n{fields}\n}}"


FORM: Final = Reference(
    "wei2026sarlang",
    "article",
    {
        "title": "{SARLANG-1M}: A Benchmark for Vision-Language Modeling in {SAR} Image Understanding",
        "author": "Wei, Yimin and Xiao, Aoran and Ren, Yexian and Zhu, Yuting and Chen, Hongruixuan and Xia, Junshi"
        " and Yokoya, Naoto",
        "journal": "IEEE Transactions on Geoscience and Remote Sensing",
        "year": "2026",
        "doi": "10.1109/TGRS.2026.3652099",
        "note": "arXiv:2504.03254",
    },
    ("sarlang-1m", "2504.03254"),
)
"""The data set whose form, tables and figures a release follows."""
SOURCES: Final = (
    Reference(
        "li2024sardet100k",
        "inproceedings",
        {
            "title": "{SARDet-100K}: Towards Open-Source Benchmark and ToolKit for Large-Scale {SAR} Object Detection",
            "author": "Li, Yuxuan and Li, Xiang and Li, Weijie and Hou, Qibin and Liu, Li and Cheng, Ming-Ming and"
            " Yang, Jian",
            "booktitle": "Advances in Neural Information Processing Systems (NeurIPS)",
            "year": "2024",
            "note": "arXiv:2403.06534",
        },
        ("sardet-100k", "2403.06534"),
    ),
    Reference(
        "shermeyer2020spacenet6",
        "inproceedings",
        {
            "title": "{SpaceNet} 6: Multi-Sensor All Weather Mapping Dataset",
            "author": "Shermeyer, Jacob and Hogan, Daniel and Brown, Jason and Van Etten, Adam and Weir, Nicholas and"
            ' Pacifici, Fabio and H{\\"a}nsch, Ronny and Bastidas, Alexei and Soenen, Scott and Bacastow, Todd and'
            " Lewis, Ryan",
            "booktitle": "IEEE/CVF Conference on Computer Vision and Pattern Recognition Workshops",
            "year": "2020",
            "pages": "768--777",
            "doi": "10.1109/CVPRW50498.2020.00106",
        },
        ("spacenet 6", "cvprw50498.2020.00106", "2004.06500"),
    ),
    Reference(
        "persello2023dfc",
        "article",
        {
            "title": "2023 {IEEE GRSS} Data Fusion Contest: Large-Scale Fine-Grained Building Classification for"
            " Semantic Urban Reconstruction",
            "author": 'Persello, Claudio and H{\\"a}nsch, Ronny and Vivone, Gemine and Chen, Kaiqiang and Yan, Zhiyuan'
            " and Tang, Deke and Huang, Hai and Schmitt, Michael and Sun, Xian",
            "journal": "IEEE Geoscience and Remote Sensing Magazine",
            "year": "2023",
            "volume": "11",
            "pages": "94--97",
            "note": "Data: doi:10.21227/mrnt-8w27",
        },
        ("2023 ieee grss data fusion contest", "mrnt-8w27", "dfc2023"),
    ),
    Reference(
        "xia2025openearthmapsar",
        "article",
        {
            "title": "{OpenEarthMap-SAR}: A Benchmark Synthetic Aperture Radar Dataset for Global High-Resolution Land"
            " Cover Mapping",
            "author": "Xia, Junshi and Chen, Hongruixuan and Broni-Bediako, Clifford and Wei, Yimin and Song, Jian and"
            " Yokoya, Naoto",
            "journal": "IEEE Geoscience and Remote Sensing Magazine",
            "year": "2025",
            "doi": "10.1109/MGRS.2025.3599512",
            "note": "arXiv:2501.10891",
        },
        ("openearthmap-sar", "2501.10891", "mgrs.2025.3599512"),
    ),
)


def citation_line(head: ReleaseHead, texts: int, images: int) -> str:
    """How the release is cited in one line, in plain text."""
    by = f"{', '.join(head.contributors)} and others. " if head.contributors else f"{PROJECT}. "
    sealed = f", content SHA-256 {head.content_sha256}" if head.content_sha256 else ""
    counted = f"{texts:,} verified texts about {images:,} SAR images"
    return f"{by}{head.label} ({head.created_at[:4]}): {counted}. Frozen on {head.created_at[:10]}{sealed}."


def citation_cff(head: ReleaseHead, abstract: str) -> str:
    """CITATION.cff, of version 1.2.0. It names no licence: images keep those of their sources (LICENSES.md)."""
    authors = [f"  - name: {quoted(name)}" for name in head.contributors if name.strip()]
    lines = [
        "cff-version: 1.2.0",
        "message: If you use this release, cite it, and the data sets that it is made of (CITATION.bib).",
        "type: dataset",
        f"title: {quoted(f'{head.name}: verified captions and questions about SAR images')}",
        f"version: {quoted(head.label)}",
        f"date-released: {quoted(head.created_at[:10])}",
        f"abstract: {quoted(abstract)}",
        "authors:",
        *(authors or [f"  - name: {quoted(PROJECT)}"]),
        "keywords:",
        "  - synthetic aperture radar",
        "  - remote sensing",
        "  - vision-language",
        "  - visual question answering",
    ]
    if head.content_sha256:
        lines += [
            "identifiers:",
            "  - type: other",
            f"    value: {quoted(f'sha256:{head.content_sha256}')}",
            "    description: SHA-256 over the ordered ids of its texts, the same in every format",
        ]
    return "\n".join(lines) + "\n"


def citation_bib(head: ReleaseHead) -> str:
    """CITATION.bib: the release, then its sources, then the data set whose form it has."""
    named = " and ".join(f"{{{_bibtex(name)}}}" for name in head.contributors)
    fields = {
        "title": f"{{{_bibtex(head.label)}}}: verified captions and questions about {{SAR}} images",
        "author": f"{named} and others" if named else f"{{{PROJECT}}}",
        "year": head.created_at[:4],
        "version": _bibtex(head.label),
    }
    if head.content_sha256:
        fields["note"] = f"Content SHA-256 {head.content_sha256}"
    own = Reference(f"{_key(head.name)}-{head.number}", "misc", fields)
    return "\n\n".join(reference.bibtex() for reference in [own, *references_of(head), FORM]) + "\n"


def references_of(head: ReleaseHead) -> list[Reference]:
    """What its datasets say is to be cited: published data sets as they are cited, others in their own words."""
    found: dict[str, Reference] = {}
    for source in sources_of(head):
        citation = str(source.get("citation") or "")
        if not citation.strip():
            continue
        known = [each for each in (*SOURCES, FORM) if any(mark in citation.lower() for mark in each.known_by)]
        dataset = str(source.get("dataset"))
        said = {"title": _bibtex(dataset), "note": _bibtex(citation)}
        for reference in known or [Reference(_free_key(dataset, found), "misc", said)]:
            found[reference.key] = reference
    return [reference for reference in found.values() if reference != FORM]


def quoted(text: str) -> str:
    """Text from outside as one quoted string of YAML, on one line and without characters that are none to be seen."""
    return json.dumps(" ".join(printable(text[:LONGEST]).split()), ensure_ascii=False)


def _bibtex(text: str) -> str:
    """Text from outside inside braces: BibTeX's and LaTeX's own characters as words or escaped."""
    plain = " ".join(printable(text[:LONGEST]).split())
    words = {"\\": "{\\textbackslash}", "{": "\\{", "}": "\\}", "~": "{\\textasciitilde}", "^": "{\\textasciicircum}"}
    # An escaped brace still counts for BibTeX, so braces that do not pair are left out.
    if not _is_paired(plain):
        plain = plain.replace("{", "(").replace("}", ")")
    return "".join(words.get(mark, f"\\{mark}" if mark in "%$&#_" else mark) for mark in plain)


def _is_paired(text: str) -> bool:
    depth = 0
    for mark in text:
        depth += (mark == "{") - (mark == "}")
        if depth < 0:
            return False
    return depth == 0


def _free_key(dataset: str, taken: Iterable[str]) -> str:
    key, number, seen = _key(dataset), 2, set(taken)
    while key in seen:
        key, number = f"{_key(dataset)}-{number}", number + 1
    return key


def _key(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9-]+", "-", name).strip("-")[:60] or "source"
