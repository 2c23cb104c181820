"""Words that say something else beside other words: verbs, names, sites called by what is there; and short answers."""

from __future__ import annotations

import pytest

from pipeline.records import Draft
from pipeline.screening import SceneContext, screen


def told(draft: Draft, family: str, gsd_m: float | None = None) -> list[str]:
    return [one.text for one in screen(draft, SceneContext((500, 500), gsd_m)) if one.family == family]


def caption(text: str) -> Draft:
    return Draft("concise_caption", text)


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("Barges crowd the lock.", []),
        ("Small boats crowd around the ferry pier.", []),
        ("A crowd waits at the gate.", ["crowd"]),
        ("The crowd around the stage fills the square.", ["The crowd"]),
        ("Crowds of tourists on the promenade.", ["Crowds", "tourists"]),
        ("Caravans are stored here for the winter.", []),
        ("The winter harbour of the fishing fleet.", []),
        ("The vineyard in winter.", ["winter"]),
        ("The slopes are bare in summer.", ["summer"]),
        ("Summer cottages line the lake.", []),
        ("A person stands on the pier.", ["person"]),
        ("People stand on the pier.", ["People"]),
        ("The spectators stand beside the pitch.", []),
        ("A livestock market with pens.", []),
        ("A herd grazes on the dike.", ["herd"]),
        ("A bird sanctuary on the spit.", []),
        ("A glass-roofed arcade.", ["glass-roofed"]),
        ("The clarity of the water is high.", ["clarity"]),
        ("The clarity of the outline tells a river from a road.", []),
        ("A road or river of great clarity and length.", []),
    ],
)
def test_what_only_a_camera_shows_is_told_from_verbs_uses_and_sites(text, spans):
    assert told(caption(text), "optical_only") == spans


@pytest.mark.parametrize(
    ("question", "answer", "spans"),
    [
        ("Is the water beside the dam clear?", "No.", ["clear"]),
        ("Was the river near the weir muddy?", "Yes.", ["muddy"]),
        ("Are the edges of the reservoir clear?", "Yes.", []),
        ("Is there a clear line between the lake and the forest?", "Yes.", []),
        ("What is the water like?", "Clear.", ["Clear"]),
        ("How would you describe the lake?", "Shallow and calm.", ["Shallow"]),
        ("What is the condition of the grass?", "Dry.", ["Dry"]),
        ("What colour does the river have?", "Muddy brown.", ["Muddy"]),
        ("What is the shape of the lake?", "Clear oval.", []),
        ("What is beside the lake?", "A muddy track.", []),
        ("What does the river bank look like?", "Muddy.", []),
    ],
)
def test_short_answers_are_read_with_their_question(question, answer, spans):
    assert told(Draft("question", question, "general", answer), "optical_only") == spans


@pytest.mark.parametrize(
    ("text", "gsd_m", "spans"),
    [
        ("A bus depot and a truck stop beside the road.", 25, []),
        ("A helicopter base, a tank farm and a container yard.", 25, []),
        ("Buses wait at the station.", 25, ["Buses"]),
        ("A bus waits at the station.", 25, ["bus"]),
        ("Cyclists ride along the dam.", 10, ["Cyclists"]),
        ("A cyclists path along the dam.", 10, []),
    ],
)
def test_a_site_is_larger_than_what_it_is_called_by(text, gsd_m, spans):
    assert told(caption(text), "physics", gsd_m) == spans


@pytest.mark.parametrize("gsd_m", [None, 0.1, 0.5, 30])
def test_people_are_told_of_once_whatever_the_pixel_spacing(gsd_m):
    findings = screen(caption("Pedestrians cross the square."), SceneContext((500, 500), gsd_m))
    assert [(finding.text, finding.severity) for finding in findings] == [("Pedestrians", "warning")]


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("The road leads from Many Springs to the coast.", []),
        ("Many springs feed the lake.", ["Many"]),
        ("Off the island there are Many ships.", ["Many"]),
    ],
)
def test_a_name_is_no_quantity(text, spans):
    assert told(caption(text), "vague") == spans


@pytest.mark.parametrize(
    "text",
    [
        "Bermed storage tanks beside the railhead.",
        "Riprap and tetrapods protect the causeway.",
        "Reachstackers and reefers in the laydown yard.",
        "A headshunt, two turnouts and a humpyard.",
        "Drumlins, eskers and a polje.",
        "Swales between foredunes, with saltpans behind.",
        "A ravelin and four bastions of the fort.",
        "A hutong quarter beside superblocks.",
        "The taxilane passes a blastpad.",
        "Blackwater lagoons and thickeners of the sewage works.",
    ],
)
def test_words_of_the_trades_are_no_slips(text):
    assert told(caption(text), "language") == []
