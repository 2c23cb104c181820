"""Prompt files: what ships, what each must have, and what is told where it has not."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest

from pipeline.drafting.drafters.endpoint import EndpointDrafter
from pipeline.drafting.drafting import Assignment
from pipeline.drafting.endpoints import Endpoint
from pipeline.drafting.prompts import (
    PLACEHOLDERS,
    SHOWS,
    PromptError,
    default_prompt,
    load_prompt,
    named_prompt,
    parse_prompt,
    read_prompt,
    shipped_prompts,
)
from pipeline.vocabulary import GENERAL_TYPES, KINDS, QUESTION_TYPES
from tests.pipeline.drafting.test_captions import request

HEADER = "kind: concise_caption\nshows: optical\nfills: max_words\n---\n"
FROZEN_HASHES = {
    "complex_caption.1": "e0bc605719f687541632ab0fdf3aa537b2e519265bbe5ac61706533664eba0a0",
    "complex_caption_both.1": "6795754212d4b7b1920c0ced12b9ccf1bcf915010c42f3557473c96ff429b023",
    "complex_caption_sar.1": "ed3493620523e7fb123c98d17d32ff8d6f2fb7094d2c9951c4035b86ac3df6a0",
    "concise_caption.1": "80f75f91e9917818f52059ac0f43c0c7306fada7829d3e88b47426c8870f5936",
    "concise_caption_both.1": "15dae1a6f618210aebdb021c40149e47aeba27910336c2086c9a84248f99738c",
    "concise_caption_sar.1": "f5df2a4b859b4d03eb930aba19fdca8a264966f9f8ea503f8c37c75c5ca35799",
    "questions.1": "1484c40ad72e5271b10cbc4eff06f541644b0b18937e5b511d06eef0b3f44af4",
    "questions_both.1": "e302858dce8f6cb4b6dbfc74288e2cf46a0900fd96026c9d855d0c29d9c5eeb6",
    "questions_sar.1": "dde008c8788282a22ea00f10ed0aeaa013807b79a547869be0cb2843f7f85db6",
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("show", SHOWS)
def test_each_kind_has_a_prompt_for_what_is_shown_that_speaks_of_radar(kind, show):
    prompt = default_prompt(kind, show)
    values = {PLACEHOLDERS[kind]: "25", "scale": " One pixel covers 1 m."}
    system, user = prompt.fill(**values)
    assert prompt.kind == kind
    assert prompt.shows == SHOWS[show]
    assert "radar (SAR)" in system
    assert re.search(r"[Nn]ever (name a colour|ask about or name a colour)", system)
    assert "25" in user
    assert "One pixel covers 1 m." in user
    assert "JSON only" in user
    if show != "optical":
        assert all(word in system for word in ("double bounce", "layover", "radar shadow", "speckle"))
    if kind == "question":
        assert all(name in system for name in (*QUESTION_TYPES, *GENERAL_TYPES))


def test_the_newest_version_of_a_name_is_the_default():
    versions = [int(version) for name, version in shipped_prompts() if name == "concise_caption"]
    assert default_prompt("concise_caption", "optical").version == str(max(versions))
    assert named_prompt("concise_caption.1") == load_prompt("concise_caption", "1")


def test_prompts_that_were_used_are_never_edited():
    """A new hash here is a mistake: write a new version instead."""
    hashes = {title: hashlib.sha256(read_shipped(title).encode()).hexdigest() for title in FROZEN_HASHES}
    assert hashes == FROZEN_HASHES


def read_shipped(title: str) -> str:
    import pipeline.drafting.prompts as prompts

    return (Path(prompts.__file__).parent / f"{title}.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Be brief.\n---\nSay $max_words.", "must begin with a header"),
        ("kind: concise_caption\nshows: optical\n---\na\n---\nb $max_words", "lacks fills:"),
        ("kind: poem\nshows: optical\nfills: max_words\n---\na\n---\nb $max_words", "of kind 'poem'"),
        ("kind: question\nshows: thermal\nfills: number\n---\na\n---\nb $number", "shows 'thermal'"),
        ("kind: question\nshows: sar, sar\nfills: number\n---\na\n---\nb $number", "shows 'sar, sar'"),
        ("kind: question\nmood: calm\nshows: sar\nfills: number\n---\na\n---\nb", "'mood: calm' in its header"),
        (HEADER + "no break $max_words", "needs two parts"),
        (HEADER + "\n---\n$max_words", "needs two parts"),
        (HEADER + "a\n---\n$max_words costs 5 $.", "begins no placeholder"),
        (HEADER + "a\n---\nno placeholder", "lacks the placeholder $max_words"),
        (HEADER.replace("max_words", "max_words, scale") + "a\n---\n$max_words", "lacks the placeholder $scale"),
        (HEADER.replace("max_words", "scale") + "a\n---\n$scale", "lacks the placeholder $max_words"),
        (HEADER + "a\n---\n$max_words $tone", "has $tone, which nothing fills"),
    ],
)
def test_a_prompt_that_is_not_whole_is_refused_with_its_file_and_what_is_missing(tmp_path, text, told):
    file = tmp_path / "mine.1.txt"
    file.write_text(text)
    with pytest.raises(PromptError, match=re.escape(told)) as caught:
        read_prompt(file)
    assert str(file) in str(caught.value)


def test_a_prompt_file_must_be_there_and_named_with_its_version(tmp_path):
    with pytest.raises(PromptError, match=r"name the prompt's file NAME\.N\.txt"):
        read_prompt(tmp_path / "mine.txt")
    with pytest.raises(PromptError, match="cannot be read"):
        read_prompt(tmp_path / "mine.1.txt")
    (tmp_path / "mine.1.txt").write_bytes(b"\xff\xfe")
    with pytest.raises(PromptError, match="not UTF-8"):
        read_prompt(tmp_path / "mine.1.txt")
    (tmp_path / "mine.1.txt").write_text(HEADER + "a\0\n---\n$max_words")
    with pytest.raises(PromptError, match="NUL character"):
        read_prompt(tmp_path / "mine.1.txt")
    with pytest.raises(PromptError, match=r"no prompt 'none\.1'; there are .*questions\.1"):
        named_prompt("none.1")
    with pytest.raises(PromptError, match="no prompt file"):
        load_prompt("concise_caption", "0")


def test_a_mark_of_the_encoding_at_the_beginning_of_a_prompt_is_no_part_of_it(tmp_path):
    (tmp_path / "mine.1.txt").write_text(HEADER + "a\n---\n$max_words", encoding="utf-8")
    plain = read_prompt(tmp_path / "mine.1.txt")
    (tmp_path / "mine.1.txt").write_text(HEADER + "a\n---\n$max_words", encoding="utf-8-sig")
    assert read_prompt(tmp_path / "mine.1.txt") == plain


def test_prompts_are_filled_with_what_they_ask_for_and_nothing_else():
    prompt = parse_prompt(
        "p", "1", HEADER.replace("max_words", "max_words, scale") + "Be $scale.\n---\nSay $max_words."
    )
    assert prompt.fill(scale="brief", max_words="$scale") == ("Be brief.", "Say $scale.")
    with pytest.raises(PromptError, match=r"asks for \(max_words, scale\) and was given \(scale\)"):
        prompt.fill(scale="brief")
    with pytest.raises(PromptError, match="asks for"):
        prompt.fill(scale="brief", max_words="a", more="b")


def test_another_text_in_a_file_of_ones_own_is_another_drafter_and_another_input(tmp_path):
    identities, inputs = set(), set()
    for words in ("Describe it.", "Describe it well."):
        (tmp_path / "mine.1.txt").write_text(HEADER + f"{words}\n---\nAt most $max_words words.")
        prompts = {"concise_caption": read_prompt(tmp_path / "mine.1.txt")}
        drafter = EndpointDrafter(
            Assignment(("concise_caption",), endpoint=Endpoint("http://x/v1", "m"), prompts=prompts)
        )
        identities.add(drafter.identity("concise_caption").identity)
        inputs.add(drafter.input_sha256("concise_caption", request().scene))
    assert len(identities) == len(inputs) == 2


def test_both_images_are_sent_in_the_order_of_the_prompt():
    prompts = {"concise_caption": default_prompt("concise_caption", "both")}
    drafter = EndpointDrafter(Assignment(("concise_caption",), endpoint=Endpoint("http://x/v1", "m"), prompts=prompts))
    scene = request().scene
    _, *images = drafter.question(request()).messages[1]["content"]
    shown = [image["image_url"]["url"] for image in images]
    assert shown == [scene.pictures["optical"].data_url, scene.pictures["sar"].data_url]
    assert drafter.needs("concise_caption") == {"optical", "sar"}
