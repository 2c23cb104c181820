"""Conversations as LLaVA and the many trainers after it read them: one JSON list a split.

::

    llava_train.json    [{"id", "image", "conversations": [{"from": "human", "value"}, {"from": "gpt", "value"}]}]

``image`` is the path below the folder, which is given to the trainer as the folder of images. A caption is the answer
to the prompt under which captions are evaluated.
"""

from __future__ import annotations

from collections.abc import Iterable
from json.encoder import encode_basestring
from typing import ClassVar

from pipeline.formats.frozen_text import FrozenText
from pipeline.formats.layout import CAPTION_PROMPT
from pipeline.formats.writer import ReadImages, ReleaseWriter


class LlavaWriter(ReleaseWriter):
    name: ClassVar[str] = "llava"
    title: ClassVar[str] = "LLaVA conversations"
    writes: ClassVar[str] = "One JSON list of conversations a split, for trainers that read LLaVA's."
    version: ClassVar[str] = "trihedral-llava-1"

    def paths(self, text: FrozenText) -> tuple[str, ...]:
        return (f"llava_{text.split}.json",)

    def standing_paths(self, splits: Iterable[str]) -> list[str]:
        return [f"llava_{split}.json" for split in splits]

    def opening(self, path: str) -> str:
        return "["

    def piece(self, path: str, text: FrozenText, image: str, index: int) -> str:
        is_caption = text.question_json is None
        asked = CAPTION_PROMPT if text.question_json is None else text.question_json[1:-1]
        said = text.caption_json if is_caption else text.answer_json
        return (
            f'{"," if index else ""}\n{{"conversations":[{{"from":"human","value":"<image>\\n{asked}"}},'
            f'{{"from":"gpt","value":{said}}}],"id":"{text.id}","image":{encode_basestring(image)}}}'
        )

    def closing(self, path: str, read_images: ReadImages) -> Iterable[str]:
        return ("\n]\n",)
