"""Writes the card of a release from its counts: nothing here reads a text or an image again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from pipeline.formats.card import figures, tables
from pipeline.formats.card.citation import citation_bib, citation_cff
from pipeline.formats.card.datasheet import datasheet
from pipeline.formats.card.figures import Drawn
from pipeline.formats.card.front_matter import front_matter
from pipeline.formats.card.licences import Licences, licences_of, licences_page
from pipeline.formats.card.readme import Card, readme, summary
from pipeline.formats.card.similarity import Similarity, similarities_of
from pipeline.formats.card.table import Table
from pipeline.formats.manifest import ReleaseHead
from pipeline.formats.statistics import Statistics
from pipeline.vocabulary import FLAGS

VERSION: Final = "trihedral-card-1"
"""Of the bytes: pages and CSV files follow from release and version, figures under the same lock file only."""
FOLDER: Final = "statistics"


def write_card(
    folder: Path, head: ReleaseHead, statistics: Statistics, similarity: Sequence[Similarity] | None = None
) -> None:
    """Write the card into the folder of a release whose other files are there.

    Parameters
    ----------
    statistics : Statistics
        Of the texts and images in the folder.
    similarity : sequence of Similarity or None
        Where somebody computed it; None takes what was frozen with the release, if that was.
    """
    statistics.settle()
    licences = licences_of(head, statistics)
    found = tables_of(head, statistics, licences)
    drawn = figures_of(found)
    card = Card(
        head=head,
        statistics=statistics,
        tables=found,
        figures=drawn.keys(),
        licences=licences,
        similarity=similarities_of(head) if similarity is None else similarity,
        has_shards=any((folder / "data").glob("*.parquet")),
    )
    _write_text(folder / "README.md", f"{front_matter(folder, head, statistics, licences)}\n{readme(card)}")
    _write_text(folder / "DATASHEET.md", datasheet(head, statistics, licences))
    _write_text(folder / "LICENSES.md", licences_page(head, licences))
    _write_text(folder / "CITATION.cff", citation_cff(head, summary(head, statistics)))
    _write_text(folder / "CITATION.bib", citation_bib(head))
    (folder / FOLDER).mkdir(exist_ok=True)
    for table in found.values():
        (folder / FOLDER / f"{table.name}.csv").write_bytes(table.csv())
    for name, (svg, png) in drawn.items():
        (folder / FOLDER / f"{name}.svg").write_bytes(svg)
        (folder / FOLDER / f"{name}.png").write_bytes(png)


def tables_of(head: ReleaseHead, statistics: Statistics, licences: Licences) -> dict[str, Table]:
    """All tables by name."""
    counts, named, texts = statistics.texts, statistics.named, statistics.texts["all",]
    types = {key[1]: count for key, count in counts.items() if key[0] == "type" and key[1]}
    general = dict(named.most_frequent("general"))
    found = [
        tables.comparison(head.label, statistics),
        tables.by_application({(key[1], key[2]): count for key, count in counts.items() if key[0] == "application"}),
        tables.by_source(statistics, licences),
        tables.question_types(types, general),
        tables.by_source_and_application(
            {(key[1], key[2]): count for key, count in counts.items() if key[0] == "source"}
        ),
        tables.frequencies(
            "categories", "Most frequent object categories", "Category", named.most_frequent("category"), texts
        ),
        tables.frequencies("land_covers", "Land covers", "Land cover", named.most_frequent("land_cover"), texts),
        tables.places(statistics.scenes),
        tables.corrections_per_flag(statistics, FLAGS),
        tables.corrections_per_drafter(statistics),
        tables.caption_lengths(statistics.lengths),
        tables.caption_length_distribution(statistics.lengths),
    ]
    return {table.name: table for table in found}


def figures_of(found: Mapping[str, Table]) -> dict[str, Drawn]:
    """All figures that there is something to draw for, by name."""
    drawn = {
        "sources_by_application": figures.sources_by_application(found["sources_by_application"]),
        "frequencies": figures.frequencies(found["question_types"], found["land_covers"], found["categories"]),
        "places": figures.places(found["places"]),
        "corrections": figures.corrections(found["corrections_per_flag"], found["corrections_per_drafter"]),
        "caption_lengths": figures.caption_lengths(found["caption_length_distribution"]),
    }
    return {name: figure for name, figure in drawn.items() if figure is not None}


def _write_text(path: Path, text: str) -> None:
    path.write_bytes(text.encode())
