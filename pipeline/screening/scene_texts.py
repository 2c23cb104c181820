"""The other texts of a scene, and which of them are earlier."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline.likeness import content_words
from pipeline.records import Draft
from pipeline.screening.claims import Claim, Whereabouts, claims_of, named_in, whereabouts_of
from pipeline.screening.context import SceneContext
from pipeline.screening.once import once


@dataclass(frozen=True)
class SceneTexts:
    """All texts of a scene, looked up by what they are about."""

    drafts: tuple[Draft, ...]

    @once
    def by_words(self) -> Mapping[tuple[bool, frozenset[str]], Sequence[int]]:
        """Places of the texts by whether they are questions, and by their content words."""
        found: defaultdict[tuple[bool, frozenset[str]], list[int]] = defaultdict(list)
        for place, draft in enumerate(self.drafts):
            found[draft.answer is not None, content_words(draft.text)].append(place)
        return found

    @once
    def claims(self) -> Mapping[str, Sequence[tuple[int, Claim]]]:
        """By what is counted: the place of the text and its claim."""
        found: defaultdict[str, list[tuple[int, Claim]]] = defaultdict(list)
        for place, draft in enumerate(self.drafts):
            for claim in claims_of(draft):
                found[claim.noun.category].append((place, claim))
        return found

    @once
    def denied(self) -> frozenset[str]:
        """Of what some text says that there is none."""
        return frozenset(
            category for category, claims in self.claims.items() if any(claim.highest == 0 for _, claim in claims)
        )

    @once
    def named(self) -> Mapping[str, Sequence[tuple[int, Claim]]]:
        """By what captions name as being there: the place of the text and its words. Asked for only beside a denial."""
        found: defaultdict[str, list[tuple[int, Claim]]] = defaultdict(list)
        for place, draft in enumerate(self.drafts):
            for claim in named_in(draft):
                found[claim.noun.category].append((place, claim))
        return found

    @once
    def whereabouts(self) -> Mapping[str, Sequence[tuple[int, Whereabouts]]]:
        """By what lies somewhere: the place of the text and what it says."""
        found: defaultdict[str, list[tuple[int, Whereabouts]]] = defaultdict(list)
        for place, draft in enumerate(self.drafts):
            for where in whereabouts_of(draft):
                found[where.noun.category].append((place, where))
        return found

    @once
    def _place_of(self) -> Mapping[int, int]:
        return {id(draft): place for place, draft in enumerate(self.drafts)}

    def place_of(self, draft: Draft) -> int | None:
        """Where ``draft`` stands among the texts: it itself, else the first that says the very same."""
        place = self._place_of.get(id(draft))
        if place is not None:
            return place
        alike = self.by_words.get((draft.answer is not None, content_words(draft.text)), ())
        return next((place for place in alike if self.drafts[place] == draft), None)


_kept: list[SceneTexts] = [SceneTexts(())]


def texts_of(context: SceneContext) -> SceneTexts:
    """The scene's texts; those of the last scene are kept, since its drafts are screened one after the other."""
    texts = _kept[0]
    if texts.drafts is not context.others:
        # One place, taken in one step: threads that share it lose time, never a text.
        texts = _kept[0] = SceneTexts(context.others)
    return texts
