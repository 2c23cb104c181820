"""DATASHEET.md: the questions of Gebru et al., answered from the data; what they cannot tell is said to be so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from pipeline.formats.card.licences import Licences, sources_of
from pipeline.formats.card.readme import limits, summary
from pipeline.formats.card.table import escaped, percent, share
from pipeline.formats.manifest import ReleaseHead
from pipeline.formats.statistics import Statistics
from pipeline.vocabulary import SPLITS, VERIFICATION_TITLES

NOT_TOLD: Final = "*Cannot be told from the data; ask who publishes this release.*"

Answers = Iterator[tuple[str, str]]


def datasheet(head: ReleaseHead, statistics: Statistics, licences: Licences) -> str:
    """The page."""
    sections: dict[str, Answers] = {
        "Motivation": _motivation(head),
        "Composition": _composition(head, statistics, licences),
        "Collection process": _collection(head, statistics),
        "Preprocessing, cleaning, labelling": _preparation(head, statistics),
        "Uses": _uses(head, statistics),
        "Distribution": _distribution(head, licences),
        "Maintenance": _maintenance(head),
    }
    parts = [
        f"# Datasheet of {escaped(head.label)}",
        "The questions are those of T. Gebru et al., “Datasheets for Datasets”, Communications of the ACM 64 (2021),"
        " no. 12, 86–92, in short. Answers follow from the data of this release.",
    ]
    for title, answers in sections.items():
        parts.append(f"## {title}")
        parts += [f"**{question}** {answer}" for question, answer in answers]
    return "\n\n".join(parts) + "\n"


def _motivation(head: ReleaseHead) -> Answers:
    yield (
        "For what purpose was the dataset created?",
        "To train and test models that answer questions about SAR images and describe them, on texts that people have"
        " verified." + (f" Notes of who released it: {escaped(head.notes)}" if head.notes.strip() else ""),
    )
    named = ", ".join(escaped(name) for name in head.contributors)
    yield (
        "Who created it, on behalf of whom?",
        (f"Reviewers who wanted to be named: {named}; others under pseudonyms. " if named else "") + NOT_TOLD,
    )
    yield "Who funded it?", NOT_TOLD


def _composition(head: ReleaseHead, statistics: Statistics, licences: Licences) -> Answers:
    texts, scenes = statistics.texts, statistics.scenes
    yield "What do the instances represent?", "Texts about SAR images: captions, and questions with their answers."
    yield "How many are there?", escaped(summary(head, statistics))
    out = head.counts.get("left_out") or {}
    left = sum(count for reasons in out.values() for count in reasons.values())
    yield (
        "Is it a sample of a larger set?",
        f"When it was frozen, {left:,} further drafts of its datasets were left out; why is in STATISTICS.md."
        if left
        else "When it was frozen, no draft of its datasets was left out.",
    )
    yield (
        "What data does each instance consist of?",
        "A line of `texts.jsonl`: id, text (and answer), kind, type, split, the draft before review, drafter, verdicts"
        " with flags by pseudonym, support, and how it was verified; and a line of `images.jsonl` about its image.",
    )
    boxes = sum(scenes.boxes.values())
    yield (
        "Is there a label or target?",
        f"The verified answer or caption. {_of(scenes.images, 'boxed'):,} images have {boxes:,} object boxes.",
    )
    yield (
        "Is information missing?",
        f"What was not known of an image is empty. {_of(scenes.images, 'optical'):,} of"
        f" {statistics.images['all',]:,} images have an optical partner, of"
        f" {sum(scenes.cells.values()):,} the place is known.",
    )
    yield (
        "Are relationships between instances explicit?",
        "Texts name their image; images name their dataset and scene.",
    )
    splits = ", ".join(f"{split} {texts['split', split]:,}" for split in SPLITS if texts["split", split])
    yield (
        "Are there recommended splits?",
        f"Texts by split: {escaped(splits) or 'none'}. A split never divides a scene. `held_out` is for neither"
        " training nor testing.",
    )
    found = "".join(f"\n- {limit}" for limit in limits(head, statistics, licences))
    yield "Are there errors, noise, redundancies?", f"Known limits:\n{found}"
    yield (
        "Is it self-contained?",
        "Yes, but for images that were left out of this folder, if any; `manifest.json` lists them with their hashes.",
    )
    yield "Might it contain confidential data?", NOT_TOLD
    yield "Might it offend or cause anxiety?", "Captions and questions about terrain and objects; not screened for it."
    yield (
        "Does it relate to people, or identify them?",
        ("SAR images of this kind show no persons. Reviewers are pseudonyms, except those who asked to be named."),
    )


def _collection(head: ReleaseHead, statistics: Statistics) -> Answers:
    drafters = sorted(key[1] for key in statistics.texts if key[0] == "drafter")
    told = "; ".join(f"{escaped(name) or 'unnamed'} ({statistics.texts['drafter', name]:,} texts)" for name in drafters)
    yield "How was the data acquired?", f"Texts were drafted by {told or 'nobody'}, then verified by people."
    datasets = ", ".join(sorted(escaped(key[1]) for key in statistics.images if key[0] == "dataset"))
    yield (
        "What mechanisms were used?",
        f"Images are those of {datasets or 'no dataset'}; README.md tells their sensors.",
    )
    yield (
        "If it is a sample, what was the strategy?",
        "All texts that passed the gates of the release: `rules` in `manifest.json` says which these were.",
    )
    yield (
        "Who was involved, and how were they paid?",
        f"{len(statistics.reviewers):,} reviewers, as pseudonyms. Pay: {NOT_TOLD}",
    )
    years = sorted(year for year in statistics.scenes.years if year.isdigit())
    dated = f"SAR images with a date are of {years[0]} to {years[-1]}. " if years else "The images bear no dates. "
    yield "Over what time?", f"{dated}The release was frozen on {head.created_at[:10]}."
    yield "Were ethical reviews conducted?", NOT_TOLD


def _preparation(head: ReleaseHead, statistics: Statistics) -> Answers:
    texts = statistics.texts
    how = ", ".join(
        f"{title.lower()} {texts['verification', each]:,}"
        for each, title in VERIFICATION_TITLES.items()
        if texts["verification", each]
    )
    read = texts["all",] - statistics.unread["all",]
    rate = share(statistics.revised["all",], read)
    yield (
        "Was preprocessing or labelling done?",
        "Images were despeckled and stretched to 8 bit; each line of `images.jsonl` says by which filter and limits."
        f" How texts were verified: {how or 'not told'}."
        + (f" {percent(rate)} of the texts that were read were corrected." if rate is not None else ""),
    )
    yield (
        "Was the raw data saved?",
        "Drafts are beside the verified texts. Originals of the images are named with their hashes, and are in the"
        " folder `originals` where the export took them along.",
    )
    yield (
        "Is the software available?",
        "Trihedral wrote this folder; `writer` in `manifest.json` says in which version.",
    )


def _uses(head: ReleaseHead, statistics: Statistics) -> Answers:
    yield "Has it been used already?", NOT_TOLD
    yield (
        "What could it be used for?",
        "Captioning, visual question answering and grounding in SAR images; studying how drafts of models err, since"
        " drafts and corrections are in it.",
    )
    yield (
        "Is there anything that might impact future uses?",
        "Sources, places and sensors are few (README.md, Table of sources and map): what holds here need not hold of"
        " other sensors, resolutions and regions.",
    )
    yield (
        "Are there tasks for which it should not be used?",
        "Measuring backscatter; decisions about people, property or targets without other evidence.",
    )


def _distribution(head: ReleaseHead, licences: Licences) -> Answers:
    yield "How and to whom is it distributed?", NOT_TOLD
    names = sorted({licence for of in licences.values() for licence in of})
    told = ", ".join(map(escaped, names)) or "none"
    yield (
        "Under what licence?",
        f"Images: {told}. Which is of which: LICENSES.md. Texts: no licence of their own is stated.",
    )
    cited = [escaped(str(source["dataset"])) for source in sources_of(head) if source.get("citation")]
    yield (
        "Have third parties imposed restrictions?",
        f"The licences of the sources hold; {', '.join(cited)} ask to be cited." if cited else "See LICENSES.md.",
    )
    yield "Do export controls apply?", NOT_TOLD


def _maintenance(head: ReleaseHead) -> Answers:
    yield "Who maintains it, and how can they be reached?", NOT_TOLD
    yield (
        "Will it be updated?",
        f"{escaped(head.label)} never changes. A correction is a release with the next number.",
    )
    before = head.counts.get("difference")
    if isinstance(before, Mapping) and before.get("before"):
        yield (
            "Are older versions supported?",
            f"It follows {escaped(str(before['before']))}: {before.get('added', 0):,} texts added,"
            f" {before.get('changed', 0):,} changed, {sum((before.get('removed') or {}).values()):,} removed.",
        )
    else:
        yield "Are older versions supported?", "There is no number before this one."
    yield "Can others contribute?", NOT_TOLD


def _of(images: Mapping[tuple[str, str], int], what: str) -> int:
    return sum(count for (each, _), count in images.items() if each == what)
