"""The card of a release: each of its numbers is counted again, and it stays valid whatever names and texts say."""

from __future__ import annotations

import csv
import dataclasses
import io
import re
from collections import Counter
from fractions import Fraction
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import yaml
from markdown_it import MarkdownIt
from PIL import Image

from pipeline.extraction import extract
from pipeline.formats.card import Similarity, figures, write_card
from pipeline.formats.card.front_matter import size_category
from pipeline.formats.card.licences import hub_licence
from pipeline.formats.card.similarity import similarities_of
from pipeline.formats.card.table import escaped, percent, shown
from pipeline.formats.card.tables import by_application, by_source_and_application, caption_lengths, question_types
from pipeline.formats.entries import flags_of
from pipeline.formats.named_things import NamedThings
from pipeline.formats.places import cell_of, centre_of, middle_of, name_of
from pipeline.formats.statistics import Statistics
from pipeline.formats.text_reader import TextReader
from pipeline.formats.verifying import verify_folder
from pipeline.formats.writing import write_release
from pipeline.records import Draft
from tests.pipeline.formats.card_releases import HOSTILE, about, lines_of, make_release, make_varied, make_view
from tests.pipeline.formats.releases import ListedRelease

PUBLISHED = {
    "identification": 484_620, "referring": 221_450, "classification": 132_525, "counting": 117_382,
    "positioning": 106_171, "general": 18_479,
}  # fmt: skip
PUBLISHED_GENERAL = {"reasoning": 14_048, "shape": 2_391, "direction": 1_103, "pattern": 857, "land_cover": 80}


def write(release: ListedRelease, folder: Path, format: str = "jsonl") -> Path:
    folder.mkdir(parents=True)
    write_release(folder, format, release)
    return folder


def table(folder: Path, name: str) -> list[list[str]]:
    """The rows of a CSV file below its head."""
    return list(csv.reader(io.StringIO((folder / "statistics" / f"{name}.csv").read_bytes().decode(), newline="")))[1:]


def counted(folder: Path, name: str) -> dict[str, list[str]]:
    return {row[0]: row[1:] for row in table(folder, name)}


def words_of(line: dict[str, Any]) -> str:
    return line.get("question") or line["caption"]


def check_pages(folder: Path) -> None:
    """All pages parse, no name has become a tag or a link, and all files are those of the manifest."""
    assert verify_folder(folder).is_intact
    _, head, page = (folder / "README.md").read_text().split("---\n", 2)
    told = yaml.safe_load(head)
    assert {"language", "license", "size_categories", "configs", "pretty_name"} <= told.keys()
    parse = MarkdownIt("gfm-like", {"linkify": False})
    for path in ("README.md", "DATASHEET.md", "LICENSES.md", "STATISTICS.md"):
        tokens = parse.parse(page if path == "README.md" else (folder / path).read_text())
        flat = [inner for token in tokens for inner in (token, *(token.children or ()))]
        assert {re.sub(r"\W", "", token.content) for token in flat if "html" in token.type} <= {
            "detailssummaryCategoriesandlandcoversastablessummary", "details"
        }, path  # fmt: skip
        links = [str(token.attrs[key]) for token in flat for key in ("href", "src") if key in (token.attrs or {})]
        assert [link for link in links if not (folder / link).is_file()] == [], path
    cff = yaml.safe_load((folder / "CITATION.cff").read_text())
    assert (cff["cff-version"], cff["type"]) == ("1.2.0", "dataset")
    assert {"message", "title", "authors", "version", "date-released"} <= cff.keys()
    bib = (folder / "CITATION.bib").read_text()
    assert bib.count("{") == bib.count("}")
    keys = re.findall(r"^@\w+\{([^,]+),$", bib, re.MULTILINE)
    assert len(keys) == len(set(keys)) == bib.count("\n}\n")
    for path in (folder / "statistics").glob("*.svg"):
        ElementTree.parse(path)
        with Image.open(path.with_suffix(".png")) as image:
            assert image.width > 300


def test_each_number_of_a_card_is_that_of_the_texts_in_the_folder(tmp_path: Path) -> None:
    folder = write(make_varied(), tmp_path / "first")
    lines, images = lines_of(folder), lines_of(folder, "images.jsonl")
    check_pages(folder)

    use = Counter((line["question_type"] or line["kind"], line["split"]) for line in lines)
    titles = {"Concise caption": "concise_caption", "Complex caption": "complex_caption",
              "Object identification": "identification", "Instance counting": "counting",
              "General": "general"}  # fmt: skip
    for _, title, train, test, total in table(folder, "applications")[:-1]:
        key = titles[title]
        assert (int(train), int(test), int(total)) == (
            use[key, "train"],
            use[key, "test"],
            use[key, "train"] + use[key, "test"],
        )
    assert table(folder, "applications")[-1][-1] == "60"

    captions = [line for line in lines if line["kind"] != "question"]
    assert counted(folder, "comparison")["bench@2"] == [
        "4", "2", str(len(captions)), str(60 - len(captions)), "60", "3"
    ]  # fmt: skip
    sources = counted(folder, "sources")
    for name in ("dfc", "sardet", "own"):
        of = [image for image in images if image["dataset"] == name]
        assert sources[name][:3] == [
            str(len(of)),
            str(sum(image["assets"]["optical"] is not None for image in of)),
            str(sum(line["dataset"] == name for line in lines)),
        ]
    assert sources["dfc"][3:] == ["Gaofen-3", "1 m", "C", "", "512 × 512", "unknown"]
    assert sources["own"][6:] == ["HH, HV", "512 × 512", "CC BY 4.0"]
    assert sources["sardet"][-1] == "CC BY-NC 4.0"

    by_type = Counter(line["question_type"] for line in lines if line["kind"] == "question")
    questions = counted(folder, "question_types")
    assert int(questions["Instance counting"][0]) == by_type["counting"]
    assert questions["General: shape"][0] == questions["General"][0] == str(by_type["general"])

    read = [line for line in lines if line["verification"] != "sample_verified"]
    flags = counted(folder, "corrections_per_flag")
    for flag in ("colour", "count", "vague"):
        of = [line for line in read if flag in flags_of(line)]
        assert flags[flag][:2] == [str(len(of)), str(sum(line["is_revised"] for line in of))]
    unflagged = sum(line["is_revised"] and not flags_of(line) for line in read)
    assert flags["no flag, words changed"][:2] == [str(unflagged), str(unflagged)]
    assert flags["All texts"][:2] == [str(len(read)), str(sum(line["is_revised"] for line in read))]
    drafter = [line for line in lines if line["drafter"]["model"] == "m"]
    told = counted(folder, "corrections_per_drafter")["captions · 2 · m"]
    assert told[0] == str(len(drafter))
    assert told[2] == str(sum(line["is_revised"] for line in drafter))

    lengths = Counter((line["kind"], len(line["caption"].split())) for line in captions)
    for title, words, count in table(folder, "caption_length_distribution"):
        assert lengths.pop((titles[title], int(words))) == int(count)
    assert not lengths

    named: Counter[str] = Counter()
    for line in lines:
        is_caption = line["kind"] != "question"
        named.update(
            extract(
                Draft(line["kind"], words_of(line), line["question_type"], None if is_caption else line["answer"])
            ).categories
        )
    assert {name: int(row[0]) for name, row in counted(folder, "categories").items()} == named

    assert sorted(row[3:] + row[:1] for row in table(folder, "places")) == [
        ["dfc", "1", "Darwin"],
        ["dfc", "1", "New York"],
    ]
    assert [float(row[1]) for row in table(folder, "places")] == [-12.25, 40.75]
    page = (folder / "README.md").read_text()
    assert "20 | 1 | 5.0 % | 0.0 % to 20.0 %" in page
    assert "similarity" not in page.lower() or "not computed" in page
    for line in sorted(
        (line for line in read if line["is_revised"] and "colour" in flags_of(line)), key=lambda line: line["id"]
    )[:3]:
        assert f"`{line['id'][:12]}`" in page


def test_the_same_release_has_the_same_card_byte_for_byte(tmp_path: Path) -> None:
    figures._drawn.cache_clear()
    first = write(make_varied(), tmp_path / "first")
    figures._drawn.cache_clear()
    second = write(make_varied(), tmp_path / "second")

    paths = sorted(path.relative_to(first) for path in first.rglob("*") if path.is_file())
    assert [path for path in paths if (first / path).read_bytes() != (second / path).read_bytes()] == []
    assert len([path for path in paths if path.suffix in {".svg", ".png"}]) == 10
    assert b"Date" not in (first / "statistics" / "places.svg").read_bytes()


def test_the_tables_of_the_paper_follow_from_its_counts() -> None:
    made = question_types(PUBLISHED, PUBLISHED_GENERAL)
    rows = {row[0]: row[1:] for row in made.rows}

    assert rows["All questions"] == (1_080_627, Fraction(1))
    assert rows["Object identification"] == (484_620, Fraction(484_620, 1_080_627))
    shares = {str(name): percent(row[1]) for name, row in rows.items() if isinstance(row[1], Fraction)}
    assert shares["Object identification"] == "44.8 %"
    assert shares["Region referring"] == "20.5 %"
    assert shares["Object classification"] == "12.3 %"
    assert shares["Instance counting"] == "10.9 %"
    assert shares["Object positioning"] == "9.8 %"
    assert shares["General"] == "1.7 %"
    assert [row[0] for row in made.rows][6:11] == [
        "General: reasoning", "General: shape", "General: direction", "General: pattern", "General: land cover"
    ]  # fmt: skip
    assert sum(PUBLISHED_GENERAL.values()) == rows["General"][0]
    assert "| Object identification | 484,620 | 44.8 % |" in made.markdown()
    assert b"Object identification,484620,0.448462\r\n" in made.csv()

    counts = {(kind, "all"): count for kind, count in PUBLISHED.items()}
    counts |= {("concise_caption", "all"): 24_979, ("complex_caption", "all"): 20_671}
    assert by_application(counts).rows[-1][-1] == 1_126_277
    split = {("SARDet-100k", kind): count for kind, count in PUBLISHED.items() if kind != "general"}
    matrix = by_source_and_application({**split, ("others", "general"): 18_479})
    assert [(row[0], row[-1]) for row in matrix.rows] == [("SARDet-100k", 1_062_148), ("others", 18_479)]
    assert (size_category(999), size_category(1_000), size_category(1_126_277)) == ("n<1K", "1K<n<10K", "1M<n<10M")


@pytest.mark.parametrize("format", ["jsonl", "sarlang"])
def test_hostile_names_stay_words(tmp_path: Path, format: str) -> None:
    views = [make_view(HOSTILE, "s.png", place=HOSTILE, sensor=HOSTILE, licence=HOSTILE, polarisations=[HOSTILE])]
    views.append(make_view("=cmd|' /C calc'!A0", "t.png", place=f"{HOSTILE} (1.5, 2.5)", band="x" * 10_000))
    drafter = {"name": HOSTILE, "version": HOSTILE, "model": HOSTILE}
    texts = [about(view, HOSTILE, drafter=drafter, is_revised=True) for view in views]
    texts.append(about(views[0], "x " * 300_000, drafter=drafter))
    sources = [{"dataset": HOSTILE, "licence": HOSTILE, "citation": HOSTILE}]
    release = make_release(views, texts, notes=HOSTILE, contributors=(HOSTILE, " "), counts={"sources": sources})

    folder = write(release, tmp_path / "out", format)

    check_pages(folder)
    page = (folder / "README.md").read_text()
    rows = [line for line in page.splitlines() if line.startswith("| a\\|b")]
    assert len({line.count(" | ") for line in rows}) >= 1
    assert "<script" not in page + (folder / "DATASHEET.md").read_text() + (folder / "LICENSES.md").read_text()
    assert all(not row[0].startswith("=") for row in table(folder, "sources"))
    assert "\u202e" not in page


def test_a_release_of_one_text_and_one_of_none_have_a_card(tmp_path: Path) -> None:
    view = make_view("own", "a.png")
    one = write(
        make_release([view], [about(view, "How many ships?", "question")], counts={"sources": []}), tmp_path / "1"
    )
    none = write(make_release([], []), tmp_path / "0")

    check_pages(one)
    check_pages(none)
    page = (one / "README.md").read_text()
    assert "1 verified text (0 captions and 1 question with answers) about 1 image" in page
    assert "license: unknown\n" in page
    assert "there is no map" in page
    assert not list(one.glob("statistics/places.*g"))
    assert not list(none.glob("statistics/*.png"))


def test_datasets_finds_the_texts(tmp_path: Path) -> None:
    from datasets import load_dataset

    folder = write(make_varied(), tmp_path / "out")

    loaded = load_dataset(str(folder), cache_dir=str(tmp_path / "cache"))
    assert list(loaded) == ["texts"]
    assert sorted(loaded["texts"]["id"]) == sorted(line["id"] for line in lines_of(folder))


def test_two_processes_count_what_one_does() -> None:
    release = make_varied()
    read = TextReader().read
    texts = [read(raw) for _, raw in release.texts("", "")]
    whole, first, second = Statistics(), Statistics(), Statistics()
    for entry in release.entries:
        whole.add_image(entry)
        first.add_image(entry)
    whole.add_texts(texts)
    first.add_texts(texts[1::2])
    second.add_texts(texts[::2])
    second.merge(first)
    whole.settle()

    assert second.texts == whole.texts
    assert second.named.counts == whole.named.counts
    assert second.corrections.by_flag == whole.corrections.by_flag
    assert second.lengths == whole.lengths
    assert second.scenes.values == whole.scenes.values
    assert second.scenes.names == whole.scenes.names


def test_figures_in_a_text_change_nothing_of_what_it_names() -> None:
    for words in ("12 ships at [5.0, 191.5, 7, 8] and 737 planes", "a 5-story house, 10,000 cars 3", "t34 tank no. 7"):
        apart = extract(Draft("concise_caption", words))
        read = TextReader().read
        things = NamedThings()
        things.add([read(raw) for _, raw in make_release([], [about(make_view("own", "a.png"), words)]).texts("", "")])
        things.settle()
        assert {name for heading, name in things.counts if heading == "category"} == apart.categories


def test_places_are_read_from_corners_and_names() -> None:
    corners = [[179.8, 10.0], [-179.8, 10.0], [-179.8, 12.0], [179.8, 12.0]]
    latitude, longitude = centre_of({"ground": {"lonlat_corners": corners}}) or (0, 0)
    assert latitude == 11
    assert abs(longitude) == pytest.approx(180)
    assert centre_of({"metadata": {"place": "Darwin (-12.4278, 130.8688)"}}) == (-12.4278, 130.8688)
    for nowhere in ("Rotterdam", "x (95.0, 3.0)", "x (nan, 1)", "(" * 5000):
        assert centre_of({"metadata": {"place": nowhere}}) is None
    for corner in ([["a", 1]], [[float("nan"), 1]], [], "text", [[1]]):
        assert centre_of({"ground": {"lonlat_corners": corner}, "metadata": None}) is None
    assert name_of("New York (40.7, -74.0)") == "New York"
    assert middle_of(cell_of((90.0, 180.0))) == (89.75, -179.75)


def test_similarity_names_its_extractor_or_is_not_computed(tmp_path: Path) -> None:
    told = {"of": "images", "extractor": "encoder | 1", "mean": 0.25, "variance": 0.01, "pairs": 6}
    release = make_release([], [], counts={"similarity": [told, {"of": "texts"}, None]})
    found = similarities_of(release.head)
    assert found == [Similarity("images", "encoder | 1", 0.25, 0.01, 6)]

    write_card(tmp_path, release.head, Statistics())
    page = (tmp_path / "README.md").read_text()
    assert "| images | encoder \\| 1 | 0.2500 | 0.010000 | 6 |" in page
    assert "Similarity of texts: not computed." in page
    write_card(tmp_path, dataclasses.replace(release.head, counts={}), Statistics(), [])
    assert "Similarity of images and of texts: not computed." in (tmp_path / "README.md").read_text()


def test_values_are_told_exactly() -> None:
    assert [shown(value) for value in (1234567, Fraction(1, 2), None, -12.25)] == ["1,234,567", "50.0 %", "–", "-12.25"]
    assert percent(Fraction(1, 2000)) == "0.1 %"
    assert escaped("# a\n- b") == "\\# a - b"
    rows = caption_lengths({("concise_caption", 2): 3, ("concise_caption", 9): 1, ("concise_caption", 4): 1}).rows
    assert rows == (("Concise caption", 5, 3.8, 2, 2, 9),)
    assert hub_licence({"a": {"CC BY 4.0": 2}, "b": {"cc-by 4.0": 1}}) == ("cc-by-4.0", None)
    assert hub_licence({"a": {"CC BY 4.0": 2, "unknown": 1}}) == ("other", "by-source")
