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

    def opening(self, path: str) -> bytes:
        return b"["

    def piece(self, path: str, text: FrozenText, image: str, index: int) -> bytes:
        is_caption = text.answer_json is None
        asked = CAPTION_PROMPT if is_caption else text.words_json[1:-1]
        said = text.words_json if is_caption else text.answer_json
        return (
            f'{"," if index else ""}\n{{"conversations":[{{"from":"human","value":"<image>\\n{asked}"}},'
            f'{{"from":"gpt","value":{said}}}],"id":"{text.id}","image":{encode_basestring(image)}}}'
        ).encode()

    def closing(self, path: str, read_images: ReadImages) -> Iterable[bytes]:
        return (b"\n]\n",)
