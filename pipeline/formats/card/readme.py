"""README.md: the card of a release."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from pipeline.extraction import EXTRACTOR_VERSION
from pipeline.formats.card.citation import citation_line
from pipeline.formats.card.licences import Licences
from pipeline.formats.card.similarity import Similarity, similarity_section
from pipeline.formats.card.table import Table, escaped, percent, share
from pipeline.formats.corrections import UNFLAGGED
from pipeline.formats.layout import IMAGES_FILE, MANIFEST_FILE, TEXTS_FILE
from pipeline.formats.manifest import ReleaseHead
from pipeline.formats.statistics import Statistics
from pipeline.vocabulary import KIND_TITLES, VERIFICATION_TITLES

_MEANS = {
    "reviewed": "a reviewer read the text itself beside the SAR image",
    "boxes_reviewed": "a reviewer judged the object boxes that the text follows from by a program",
    "sample_verified": "nobody read it; a random sample of texts like it was read",
}


@dataclass(frozen=True, slots=True)
class Card:
    """What the page is made of."""

    head: ReleaseHead
    statistics: Statistics
    tables: Mapping[str, Table]
    figures: Collection[str]
    """Names of those that were drawn."""
    licences: Licences
    similarity: Sequence[Similarity]
    has_shards: bool
    """Whether ``load_dataset`` reads Parquet files with the images inside."""


def readme(card: Card) -> str:
    """The page below its head."""
    head = card.head
    parts = [
        f"# {escaped(head.label)}",
        escaped(summary(head, card.statistics)),
        _notes(head),
        *_section("How the texts were verified", _verification(card)),
        *_section("Using it", _use(card)),
        *_section("What is in it", _content(card)),
        *_section("Where the images come from", _origin(card)),
        *_section("What reviewers corrected", _corrected(card)),
        *_section("Similarity", [similarity_section(card.similarity)]),
        *_section("Limits", ["\n".join(f"- {limit}" for limit in limits(card.head, card.statistics, card.licences))]),
        *_section("Licences and citation", _rights(card)),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def summary(head: ReleaseHead, statistics: Statistics) -> str:
    """What it is, in two sentences of plain text."""
    texts, images = statistics.texts["all",], statistics.images["all",]
    questions = statistics.texts["kind", "question"]
    reviewers = len(statistics.reviewers)
    return (
        f"{_counted(texts, 'verified text')} ({_counted(texts - questions, 'caption')} and"
        f" {_counted(questions, 'question')} with answers) about {_counted(images, 'image')} of synthetic aperture"
        f" radar (SAR), in English. Programs and models drafted them, {_counted(reviewers, 'reviewer')} verified them"
        f" in Trihedral, and they were frozen as {head.label} on {head.created_at[:10]}."
    )


def limits(head: ReleaseHead, statistics: Statistics, licences: Licences) -> Iterator[str]:
    """What the data cannot carry, each as a sentence, as far as the data tell."""
    texts = statistics.texts
    single = texts["reviews", "1"] - statistics.unread["reviews", "1"]
    sampled, optical = texts["verification", "sample_verified"], texts["support", "sar_with_optical"]
    if single:
        yield f"{_counted(single, 'text')} rest on one review each: an error of that reviewer is in the release."
    if sampled:
        yield f"{_counted(sampled, 'text')} were read by nobody; the error rate of their sample says what to expect."
    if boxed := texts["verification", "boxes_reviewed"]:
        yield f"{_counted(boxed, 'text')} follow from judged boxes; their wording was not read one by one."
    if optical:
        yield (
            f"{_counted(optical, 'text')} name something that was identified in the optical image, and whose footprint"
            " can be made out in SAR (`support` is `sar_with_optical`): leave them out where SAR alone is to be tested."
        )
    held = texts["split", "held_out"]
    if held:
        yield f"{_counted(held, 'text')} are `held_out`: their ground lies on both sides of the split."
    yield from _leakage(head)
    unlabelled = statistics.images["all",] - sum(
        count for (what, _), count in statistics.scenes.images.items() if what == "labelled"
    )
    if unlabelled:
        yield (
            f"Of {_counted(unlabelled, 'image')} it is not known that any category was annotated completely: that an"
            " object has no box there does not mean that it is not there."
        )
    if unknown := sum(of.get("unknown", 0) for of in licences.values()):
        yield f"Of {_counted(unknown, 'image')} the licence is unknown."
    yield "The processed images are 8 bit, filtered and stretched for the eye: no backscatter can be measured in them."
    yield f"Categories and land covers were counted by word lists (extractor {EXTRACTOR_VERSION}), in English only."


def _leakage(head: ReleaseHead) -> Iterator[str]:
    leakage = head.counts.get("leakage")
    if not isinstance(leakage, Mapping):
        yield "Whether the same ground lies on more than one side of the split was not measured."
    elif leakage.get("places"):
        yield (
            f"{_counted(leakage['places'], 'place')} ({_counted(leakage.get('scenes', 0), 'image')}) lie on more than"
            " one side of the split, as the sources published it."
        )


def _notes(head: ReleaseHead) -> str:
    return f"> {escaped(head.notes)}" if head.notes.strip() else ""


def _verification(card: Card) -> Iterator[str]:
    statistics = card.statistics
    lines = ["| how | texts | share | means |", "| --- | ---: | ---: | --- |"]
    for how, title in VERIFICATION_TITLES.items():
        count = statistics.texts["verification", how]
        if count and (part := share(count, statistics.texts["all",])) is not None:
            lines.append(f"| {title} (`{how}`) | {count:,} | {percent(part)} | {_MEANS[how]} |")
    yield "\n".join(lines) if len(lines) > 2 else "It is not told how these texts were verified."
    yield from _samples(statistics)
    yield (
        "A verified text is true of the SAR image. Each line of `texts.jsonl` carries the draft as it was, every"
        " verdict with its flags under the reviewer's pseudonym, and how the text was verified. More counts are in"
        " [STATISTICS.md](STATISTICS.md)."
    )


def _samples(statistics: Statistics) -> Iterator[str]:
    if not statistics.samples:
        return
    lines = [
        "| sample of | texts | read | wrong | error rate | 95 % interval |",
        "| --- | ---: | ---: | ---: | ---: | --- |",
    ]
    for name, (sample, writer) in sorted(statistics.samples.items()):
        parts = [(sample["split"] or "").replace("_", " "), KIND_TITLES.get(sample["kind"], ""), writer]
        rate, low, high = (f"{100 * sample[key]:.1f} %" for key in ("error_rate", "low", "high"))
        of = escaped(" · ".join(part for part in parts if part) or "all texts")
        texts = statistics.texts["sample", name]
        lines.append(f"| {of} | {texts:,} | {sample['read']:,} | {sample['wrong']:,} | {rate} | {low} to {high} |")
    yield "\n".join(lines)


def _use(card: Card) -> Iterator[str]:
    if card.has_shards:
        yield (
            "```python\nfrom datasets import load_dataset\n\nrelease = load_dataset(FOLDER)  # by split, with images"
            "\n```"
        )
    else:
        yield (
            '```python\nfrom datasets import load_dataset\n\ntexts = load_dataset(FOLDER)["texts"]  # all splits;'
            " `split` and `image` are columns\n```"
        )
        yield (
            f"Loaders guess types from values (an answer such as 2020-01-01 may come as a date); `{TEXTS_FILE}` is one"
            " JSON object a line, with every value as it was verified."
        )
    yield (
        f"**Check it.** `trihedral release verify FOLDER` needs no network and no database: it compares every file"
        f" with `{MANIFEST_FILE}` and names the file and the text that differ. `identity` there is the root of a hash"
        f" tree over `{TEXTS_FILE}`, `{IMAGES_FILE}` and the images: compare it with the one that was published."
    )
    if card.head.content_sha256:
        yield f"The texts are, in every format, those of content SHA-256 `{card.head.content_sha256}`."


def _content(card: Card) -> Iterator[str]:
    yield from _tables(card, "comparison", "applications", "question_types")
    yield from _figure(card, "frequencies", "Question types, land covers and categories")
    yield from _tables(card, "caption_lengths")
    yield from _figure(card, "caption_lengths", "Captions by their length in words")
    yield _named_by(card)


def _named_by(card: Card) -> str:
    categories, covers = card.tables["categories"], card.tables["land_covers"]
    if not categories.rows and not covers.rows:
        return "No text names an object category or a land cover that the word lists know."
    tables = "\n\n".join(table.markdown() for table in (categories, covers) if table.rows)
    return f"<details><summary>Categories and land covers as tables</summary>\n\n{tables}\n\n</details>"


def _origin(card: Card) -> Iterator[str]:
    yield from _tables(card, "sources", "sources_by_application")
    yield from _figure(card, "sources_by_application", "Texts per source and application")
    scenes = card.statistics.scenes
    images, placed = card.statistics.images["all",], sum(scenes.cells.values())
    if placed:
        yield (
            f"Of {_counted(placed, 'image')} out of {images:,} it is known where on Earth they lie, in"
            f" {_counted(len({cell[1:] for cell in scenes.cells}), 'cell')} of half a degree"
            " ([CSV](statistics/places.csv))."
        )
        yield from _figure(card, "places", "Map of the places")
    else:
        yield "Of no image is it known where on Earth it lies, so there is no map."


def _corrected(card: Card) -> Iterator[str]:
    yield from _tables(card, "corrections_per_flag", "corrections_per_drafter")
    yield from _figure(card, "corrections", "Share of texts that were corrected, per flag and drafter")
    lines = [
        f"| {escaped(flag.replace('_', ' ')) if flag != UNFLAGGED else 'no flag'} | {escaped(each.before)} |"
        f" {escaped(each.after)} | `{each.text_id[:12]}` |"
        for flag, found in sorted(card.statistics.corrections.by_flag.items())
        for each in found
    ]
    if lines:
        yield (
            "Some corrections, the first of each flag in the order of their ids, which are hashes, so that nobody chose"
            " them.\n\n" + "\n".join(["| flag | before | after | id |", "| --- | --- | --- | --- |", *lines])
        )


def _rights(card: Card) -> Iterator[str]:
    yield (
        "Images keep the licences of their sources: [LICENSES.md](LICENSES.md). Where the head of this page names a"
        " licence, it is that of all images."
    )
    statistics = card.statistics
    cited = citation_line(card.head, statistics.texts["all",], statistics.images["all",])
    yield "Cite the release and its sources ([CITATION.bib](CITATION.bib), [CITATION.cff](CITATION.cff)):"
    yield f"> {escaped(cited)}"
    if card.head.contributors:
        named = ", ".join(escaped(name) for name in card.head.contributors)
        yield f"Reviewers who wanted to be named: {named}."
    yield "How the data came about and what they are for: [DATASHEET.md](DATASHEET.md)."


def _section(title: str, parts: Iterator[str] | Sequence[str]) -> list[str]:
    found = [part for part in parts if part]
    return [f"## {title}", *found] if found else []


def _tables(card: Card, *names: str) -> Iterator[str]:
    yield from (card.tables[name].markdown() for name in names)


def _figure(card: Card, name: str, what: str) -> Iterator[str]:
    if name in card.figures:
        yield f"![{what}](statistics/{name}.png)"
        yield f"[As SVG](statistics/{name}.svg)"


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
