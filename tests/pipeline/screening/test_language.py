"""Text that is no good English: what is told, where, what is suggested, and what is left alone."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest

from pipeline.records import Draft
from pipeline.screening import RULES, SceneContext, screen
from pipeline.screening.word_lists import ordered_list

LANGUAGE = [rule for rule in RULES if rule.name.startswith("language.")]


def findings(text: str, question: str | None = None):
    draft = Draft("concise_caption", text) if question is None else Draft("question", question, "general", text)
    return screen(draft, SceneContext(), LANGUAGE)


def told(text: str, question: str | None = None) -> list[tuple[str, str]]:
    return [(finding.rule.partition(".")[2], finding.text) for finding in findings(text, question)]


@pytest.mark.parametrize("text", ["", " ", "\n\t", "...", "—", "?"])
def test_a_text_without_a_word_is_empty(text):
    assert [name for name, _ in told(text)] == ["empty"]


def test_an_empty_half_of_a_question_is_told_on_the_other_half():
    [finding] = screen(Draft("question", "Is there a bridge?", "identification", ""), SceneContext(), LANGUAGE)
    assert (finding.rule, finding.field, finding.text) == ("language.half", "question", "Is there a bridge?")
    [finding] = screen(Draft("question", "", "identification", "Yes."), SceneContext(), LANGUAGE)
    assert (finding.rule, finding.field, finding.text) == ("language.half", "answer", "Yes.")
    [finding] = screen(Draft("question", "", "identification", ""), SceneContext(), LANGUAGE)
    assert (finding.rule, finding.field, finding.start, finding.end) == ("language.empty", "question", 0, 0)


@pytest.mark.parametrize(
    "text",
    [
        "I'm sorry, but I can't assist with that.",
        "I am unable to view the image.",
        "As an AI language model, I don't have access to images.",
        "I cannot determine the number of ships.",
        "Unable to view the image.",
        "Sorry, I can't describe this image.",
        "No image was provided.",
        "Please upload the image again.",
        "There is not enough information to answer.",
        "I apologize, but the image is missing.",
        "I don't know.",
        "I can’t see any image.",
        "It is not possible to determine the type of the ship.",
        "Cannot determine from the image.",
    ],
)
def test_refusals_are_told(text):
    assert "refusal" in {name for name, _ in told(text)}


@pytest.mark.parametrize(
    "text",
    [
        "Large ships cannot access the inner port.",
        "The gate is unable to open fully.",
        "A provided mooring lies by the quay.",
        "Ships that could not enter wait outside.",
    ],
)
def test_what_ships_cannot_do_is_no_refusal(text):
    assert "refusal" not in {name for name, _ in told(text)}


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("Sure! Here is a caption: A port with ships.", "A port with ships."),
        ("Certainly! A port with ships.", "A port with ships."),
        ("Here's a concise caption for the image:\n\nA port with ships.", "A port with ships."),
        ("Caption: A port with ships.", "A port with ships."),
        ("The caption is: a port with ships.", "A port with ships."),
        ("Concise caption: A port with ships.", "A port with ships."),
        ("Assistant: A port with ships.", "A port with ships."),
        ("Note: A port with ships.", "A port with ships."),
        ("1. A port with ships.", "A port with ships."),
        ("Below is the description of the scene: a port with ships.", "A port with ships."),
    ],
)
def test_words_before_the_text_are_told_and_dropped(text, rest):
    [finding] = [finding for finding in findings(text) if finding.rule == "language.boilerplate"]
    assert finding.suggestion == rest


@pytest.mark.parametrize(
    "text",
    [
        "A port. Let me know if you need more.",
        "A port with [insert number] ships.",
        "<image> A port with ships.",
        "A port with ships.</s>",
        "A port with {object}.",
        "Based on the provided image, a port with ships.",
        "Please note that the ships are moored.",
        "A port. (12 words)",
        "A port. <|im_end|>",
    ],
)
def test_talk_to_who_asked_and_unfilled_places_are_told(text):
    assert "boilerplate" in {name for name, _ in told(text)}


@pytest.mark.parametrize(
    "text",
    [
        "**A port** with ships.",
        "```\nA port with ships.\n```",
        "# A port\nWith ships.",
        "- A port\n- Ships",
        "<p>A port with ships.</p>",
        "A port &amp; ships.",
        '{"caption": "A port with ships."}',
        '"A port with ships."',
        "“A port with ships.”",
        "A port\\nwith ships.",
        "A `port` with ships.",
        "A port [source](https://a.example/b) with ships.",
        "A *large* port.",
    ],
)
def test_markup_is_told(text):
    assert "markup" in {name for name, _ in told(text)}


@pytest.mark.parametrize(
    "text",
    [
        "The ship's crew and the ships' masts.",
        "An area [56.0, 191.0, 112.0, 122.0] of the image.",
        "A well-kept port - with ships - by the river.",
        "Tanks of 3 * 4 m, R&D buildings, and pier #3.",
        "The word “PORT” stands on the roof.",
        "Incidence angle < 40° and > 20°.",
        "A port/harbour and/or a marina.",
        "3",
        "-3 dB",
        "top left.",
        "Sure-footed goats graze here.",
        "A note is fixed to the pier.",
        "Here the river is wide.",
        "The answer to the flood is a dam.",
        "Forest/park.",
        "The image shows the following: a port, a pier and ships.",
        "Yes, of course there are ships.",
        "Cafés, façades and naïve art by the Île de la Cité.",
        "It's a port; it isn't large.",
        "🚢 A port 👨‍👩‍👧 with ships.",
    ],
)
def test_plain_texts_have_no_findings(text):
    assert told(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "Drei Schiffe liegen am Pier.",
        "Vue aérienne d'un port avec des bateaux.",
        "Hay tres barcos en el puerto.",
        "Uma ponte sobre o rio.",
        "Un ponte attraversa il fiume.",
        "Er liggen drie schepen in de haven.",
        "港口有三艘船。",
        "港に船が三隻あります。",
        "В порту три корабля.",
        "توجد ثلاث سفن في الميناء",
        "बंदरगाह में तीन जहाज हैं।",
        "한국어 텍스트입니다",
        "The image shows a port. Das Bild zeigt einen Hafen mit Schiffen.",
        "Det finns tre fartyg i hamnen.",
        "W porcie stoją trzy statki.",
        "asdf qwer zxcv",
    ],
)
def test_other_languages_are_told(text):
    assert [name for name, _ in told(text)] == ["foreign"]


@pytest.mark.parametrize("answer", ["Oui.", "Nein", "Sí", "Да", "Brücke.", "links oben", "Tres barcos", "船"])
def test_short_answers_in_other_languages_are_told(answer):
    assert [name for name, _ in told(answer, "What is in the centre?")] == ["foreign"]


@pytest.mark.parametrize(
    "text",
    [
        "The Place de la Concorde is visible.",
        "Port de la Rochelle.",
        "Ships off Den Haag and Bremerhaven.",
        "The port of Москва is visible.",
        "The city of 北京 lies by the river.",
        "The backscatter σ0 and a wavelength of 5 μm.",
        "Maasvlakte, Europoort, Botlek.",
        "San Francisco",
        "A villa in El Paso with a plaza.",
        "Sentinel-1 GRD IW HH.",
        "aircraft.",
    ],
)
def test_a_foreign_name_is_no_other_language(text):
    assert told(text) == []


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("A port\0 with ships.", "\0"),
        ("A port\x1b with ships.", "\x1b"),
        ("A p\u200bort.", "\u200b"),
        ("A \u202eport.", "\u202e"),
        ("A \ud83d port.", "\ud83d"),
        ("A caf\ufffd.", "\ufffd"),
        ("The ship\u00e2\u20ac\u2122s wake.", "\u00e2\u20ac\u2122"),
        ("A port\u00ad with ships.", "\u00ad"),
        ("\ufeffA port.", "\ufeff"),
    ],
)
def test_characters_that_nobody_sees_or_meant_are_told(text, span):
    assert told(text) == [("characters", span)]


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("ploygon", "polygon"),
        ("termial", "terminal"),
        ("seewall", "seawall"),
        ("baksetball", "basketball"),
        ("buldings", "buildings"),
        ("seperated", "separated"),
        ("surounded", "surrounded"),
        ("betweeen", "between"),
        ("facotry", "factory"),
        ("stoarge", "storage"),
        ("retangular", "rectangular"),
        ("parellel", "parallel"),
        ("inthe", "in the"),
        ("aircrafts", "aircraft"),
        ("raod", "road"),
        ("vacand", "vacant"),
    ],
)
def test_a_misspelt_word_is_mended(word, meant):
    [finding] = findings(f"The {word} of the port")
    assert (finding.rule, finding.text, finding.suggestion) == (
        "language.spelling",
        word,
        f"The {meant} of the port",
    )


@pytest.mark.parametrize("word", ["pithed", "coner", "twon", "devided", "whie", "thes"])
def test_where_a_slip_may_be_several_words_all_are_named_and_none_is_suggested(word):
    [finding] = findings(f"The {word} by the port")
    assert finding.suggestion is None
    assert " or " in finding.message


TECHNICAL = ordered_list(
    """speckle backscatter multilook multilooked despeckled layover foreshortening polarimetric azimuth sidelobe
    taxiway taxiways bareland farmland apron breakwater quay quayside sandbar viaduct roundabout jetty groyne
    revetment wharf wharves pontoon slipway drydock helipad airstrip hangar gantry pylon substation silo levee weir
    culvert causeway spillway aquaculture polder mangrove estuary oxbow floodplain intertidal mudflat hedgerow
    vineyard greenhouse polytunnel carport rooftop courtyard colonnade velodrome grandstand promenade landfill
    stockpile tailings quarry rectilinear trapezoidal quadrilateral semicircular equidistant metres kilometres
    colour neighbourhood harbours organised analysed travelled labelled modelling grey tyre kerb ploughed storey
    color neighborhood harbors organized analyzed traveled labeled modeling gray tire curb plowed story workboats
    footballfields carpark ringroad airbase wastewater groundwater shipbuilding dockland towpath sportsfield
    treelined retroreflector bistatic decorrelation afforested urbanised unbuilt multistorey netlike vegetations"""
)


@pytest.mark.parametrize("word", TECHNICAL)
def test_technical_british_and_compound_words_are_spelt_right(word):
    assert findings(f"The {word} of the port") == []


def test_names_and_parts_of_other_words_are_not_spelt_wrong():
    for text in [
        "Ships off Thessaloniki, Zeebrugge and Vlissingen.",
        "Kattegat lies to the north.",
        "It hasn't a bridge, and roads criss-cross it.",
        "The file ploygon_termial.png",
        "TerraSAR-X and COSMO-SkyMed images of Umbra.",
    ]:
        assert told(text) == [], text


@pytest.mark.parametrize(
    ("text", "rule", "suggestion"),
    [
        ("The the port.", "language.repeated", "The port."),
        ("A port with with ships.", "language.repeated", "A port with ships."),
        ("In the the the port.", "language.repeated", "In the port."),
        ("A an airport.", "language.repeated", "An airport."),
        ("The a port.", "language.repeated", None),
        ("There is a airport.", "language.article", "There is an airport."),
        ("An bridge.", "language.article", "A bridge."),
    ],
)
def test_words_too_many_and_wrong_articles_are_mended(text, rule, suggestion):
    [finding] = findings(text)
    assert (finding.rule, finding.suggestion) == (rule, suggestion)


@pytest.mark.parametrize(
    "text",
    [
        "The ships are located in the",
        "A port and",
        "Ships lie at the pier of a",
        "A port with ships,",
        "Ships near the...",
    ],
)
def test_a_text_that_breaks_off_is_told(text):
    assert [name for name, _ in told(text)] == ["broken"]


@pytest.mark.parametrize(
    "text", ["A port with ships", "The lights are on", "Ships come in.", "The road that it lies on", "Option A"]
)
def test_a_missing_full_stop_is_no_fault(text):
    assert told(text) == []


@pytest.mark.parametrize(
    "part", ["I can", "the ", "a an ", "** ", "<b>", "zqxv ", "Caption: ", "\\n", '"', "{", "_", "É"]
)
def test_time_grows_no_faster_than_the_text(part):
    text = (part * 100_000)[:100_000]
    findings("warm")
    start = time.process_time()
    findings(text)
    assert time.process_time() - start < 2


def test_the_dictionary_is_read_only_when_a_text_is():
    code = "import sys, pipeline.screening; sys.exit('spellchecker' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
