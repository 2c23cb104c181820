"""Words of captions as COCO counts them, without Java: equal to pycocoevalcap's tokenizer, token for token.

pycocoevalcap gives all texts to the PTB tokenizer of Stanford's CoreNLP 3.4.1 at once, a line each, takes what comes
back in lower case and drops punctuation. So does this, with its traits: contractions are split (``it 's``, ``ca n't``),
hyphenated words, ``3,000``, ``10:30`` and ``1/2`` stay whole, brackets stay as ``-lrb-`` since the list of what is
dropped has them in capitals, ``!!`` and ``U.S.`` stay, emoji go, and whether the dot of ``sector A.`` belongs to the
letter hangs on how the next text begins. On real captions and some two million hostile lines the tokens were the same.

Not the same, on purpose: a line break of any kind inside a text is a blank here. There, all but the plain one start a
new line, and every text after it is scored as its neighbour; texts without a word at the end are lost. Nor are the
same, since nobody writes them: tags from one text into the next; tags, compounds, addresses and file names of more
than 300 characters; and blanks of other alphabets at the very end of an address, which there fall off.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from pipeline.scoring.ptb_forms import BLANKS, forms_from

DROPPED: Final = frozenset(("''", "'", "``", "`", ".", "?", "!", ",", ":", "-", "--", "...", ";"))

_BREAKS: Final = str.maketrans(dict.fromkeys("\n\r\x0b\x0c\u2028\u2029", " "))
_CHUNK: Final = re.compile(f"(?: [{BLANKS}]*)?([^ \n]+)")
_FOLLOWING: Final = re.compile("[ \n]*(.?)")
_HANGING: Final = re.compile(r"(?:(?:^|[^A-Za-z])[A-Za-z]|[pP][tT][eEyY][sS]?)\.\Z")
"""Initials, and "Pte. Ltd"."""


def tokenised(texts: Sequence[str]) -> list[str]:
    """The words of each text in lower case, parted by blanks; punctuation is dropped.

    The order of the texts matters a little: see the module's first lines.
    """
    lines = [text.translate(_BREAKS) for text in texts]
    whole = "\n".join(lines)
    known: dict[str, str] = {}
    results, start = [], 0
    for line in lines:
        results.append(" ".join(_parts(whole, start, start + len(line), known)))
        start += len(line) + 1
    return results


def _parts(whole: str, start: int, end: int, known: dict[str, str]) -> Iterator[str]:
    """The words of one line of ``whole``, some at a time; ``known`` keeps those of chunks that were seen before."""
    at = start
    while chunk := _CHUNK.match(whole, at, end):
        at, after, text = chunk.start(1), chunk.end(), chunk[1]
        stands_alone = _stands_alone(text, whole, after)
        words = known.get(text) if stands_alone else None
        if words is None:
            found = []
            while at < after:
                token, at = _token(whole, at)
                if token and token not in DROPPED:
                    found.append(token)
            words = " ".join(found)
            if stands_alone:
                known[text] = words
        else:
            at = after
        if words:
            yield words


def _stands_alone(chunk: str, whole: str, after: int) -> bool:
    """Say whether what is between two blanks is cut the same wherever it stands, whatever comes after it."""
    if after == len(whole) or "<" in chunk:
        return False
    last = chunk[-1]
    if not (last in ".)" or last.isdigit()):
        return True
    # "1 1/2", "(555) 123", "fig. 5" and ". . ." reach across the blank; what an initial is, the next word says.
    follows = _FOLLOWING.match(whole, after)
    next_one = follows[1] if follows else ""
    if not next_one or next_one == "." or next_one.isdigit() or next_one.isspace():
        return False
    return last != "." or not _HANGING.search(chunk)


def _token(whole: str, at: int) -> tuple[str, int]:
    """The token that begins here, in lower case, and where it ends; nothing for what is in no token."""
    reach, token, end = at, "", at + 1
    for form in forms_from(whole[at]):
        found = form.pattern.match(whole, at)
        if found and found.end() > reach:
            reach, token, end = found.end(), form.spelt(found[1]), found.end(1)
    return token.lower(), end
