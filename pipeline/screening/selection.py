"""Which rules look at a text: a word of it tells, so that most rules cost nothing on most texts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Final

from pipeline.records import TextField
from pipeline.screening.rules import Passage, Rule

_FIELDS: Final[tuple[TextField, ...]] = ("text", "question", "answer")
_KEPT_UP_TO: Final = 16


class Selection:
    """The rules of a set, looked up by the words of a text."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self.rules: Final = rules
        self._of_field: Final = {field: _OfField(rules, field) for field in _FIELDS}

    def rules_for(self, passage: Passage) -> list[Rule]:
        """The rules without cues, and those of whose cues the passage has one, in their order."""
        of_field = self._of_field[passage.field]
        cued = passage.words & of_field.cues
        if not cued:
            return of_field.uncued
        known = of_field.by_cues.get(cued)
        return known if known is not None else of_field.choose(cued)


class _OfField:
    """The rules that read one field, by their places in the set."""

    def __init__(self, rules: Sequence[Rule], field: TextField) -> None:
        reading = [(place, rule) for place, rule in enumerate(rules) if field in rule.fields]
        by_cue: defaultdict[str, list[int]] = defaultdict(list)
        for place, rule in reading:
            for cue in rule.cues or ():
                by_cue[cue].append(place)
        self.always: Final = [place for place, rule in reading if rule.cues is None]
        self.uncued: Final = [rules[place] for place in self.always]
        self.by_cue: Final[Mapping[str, Sequence[int]]] = dict(by_cue)
        self.cues: Final = frozenset(by_cue)
        self.by_cues: Final[dict[frozenset[str], list[Rule]]] = {}
        """Texts of one kind have the same few cues again and again."""
        self._rules: Final = rules

    def choose(self, cued: frozenset[str]) -> list[Rule]:
        """The rules that look at a text with these cues; the last ones are kept."""
        chosen = set(self.always)
        for word in cued:
            chosen.update(self.by_cue[word])
        if len(self.by_cues) >= _CHOICES_KEPT:
            self.by_cues.clear()
        found = [self._rules[place] for place in sorted(chosen)]
        if len(cued) <= _CUES_KEPT:
            self.by_cues[cued] = found
        return found


_kept: dict[int, Selection] = {}
_CHOICES_KEPT: Final = 4_096
_CUES_KEPT: Final = 32
"""A text with more of them is like no other."""


def selection_of(rules: Sequence[Rule]) -> Selection:
    """The selection from ``rules``; those of tuples, which cannot change, are kept."""
    if not isinstance(rules, tuple):
        return Selection(rules)
    selection = _kept.get(id(rules))
    # What is kept holds its rules, so that no other tuple can have the same identity.
    if selection is None:
        if len(_kept) >= _KEPT_UP_TO:
            _kept.clear()
        selection = _kept[id(rules)] = Selection(rules)
    return selection
