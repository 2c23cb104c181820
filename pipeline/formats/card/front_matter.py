"""The head of README.md in YAML, as the Hugging Face Hub and its ``datasets`` read it."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from pipeline.formats.card.citation import quoted
from pipeline.formats.card.licences import Licences, hub_licence
from pipeline.formats.layout import TEXTS_FILE
from pipeline.formats.manifest import ReleaseHead
from pipeline.formats.statistics import Statistics
from pipeline.vocabulary import SPLITS

_SIZES: Final = (
    (10**3, "n<1K"), (10**4, "1K<n<10K"), (10**5, "10K<n<100K"), (10**6, "100K<n<1M"), (10**7, "1M<n<10M"),
    (10**8, "10M<n<100M"),
)  # fmt: skip


def front_matter(folder: Path, head: ReleaseHead, statistics: Statistics, licences: Licences) -> str:
    """The head, with its lines of dashes."""
    identifier, name = hub_licence(licences)
    lines = ["---", f"pretty_name: {quoted(head.label)}", "language:", "- en", f"license: {identifier}"]
    if name:
        lines += [f"license_name: {name}", "license_link: LICENSES.md"]
    tasks = task_categories(statistics)
    if tasks:
        lines += ["task_categories:", *(f"- {task}" for task in tasks)]
    lines += ["size_categories:", f"- {size_category(statistics.texts['all',])}"]
    lines += ["tags:", "- sar", "- synthetic-aperture-radar", "- remote-sensing", "- vision-language"]
    return "\n".join([*lines, *configs(folder), "---"]) + "\n"


def size_category(texts: int) -> str:
    """The Hub's word for so many rows."""
    return next((name for limit, name in _SIZES if texts < limit), "100M<n<1B")


def task_categories(statistics: Statistics) -> list[str]:
    """The Hub's words for what the texts are for."""
    captions = statistics.texts["all",] - statistics.texts["kind", "question"]
    tasks = ["image-to-text"] if captions else []
    return tasks + (["visual-question-answering"] if statistics.texts["kind", "question"] else [])


def configs(folder: Path) -> list[str]:
    """What ``load_dataset(folder)`` finds: the Parquet files by split, else the side file of texts.

    The side file has all splits in it, with the split as a column; so it is not called by the name of one. Its types
    are not told here: ``datasets`` then refuses the files of releases in which no text has some key.
    """
    shards = {path.name.rpartition("-of-")[0].rpartition("-")[0] for path in (folder / "data").glob("*.parquet")}
    if shards:
        splits = [split for split in SPLITS if split in shards] + sorted(shards - set(SPLITS))
        files = [line for split in splits for line in (f"  - split: {split}", f"    path: data/{split}-*.parquet")]
        return ["configs:", "- config_name: default", "  data_files:", *files]
    files = ["  - split: texts", f"    path: {TEXTS_FILE}"]
    return ["configs:", "- config_name: default", "  data_files:", *files]
