"""What only a camera shows: the sky, the light, the look of water, plants and roofs, people, paint and writing.

An aerial view and a satellite image are none of it: they say from where, and a radar flies too. A photo is one.
"""

from __future__ import annotations

from typing import Final

from pipeline.screening import optical_words, surface_words
from pipeline.screening.optical import (
    both,
    find_markings,
    find_mirrored,
    find_people,
    find_photos,
    find_quality,
    find_tone,
    find_water_look,
    find_writing,
    looking,
    worded,
)
from pipeline.screening.rules import Example, Rule
from pipeline.screening.tone_words import TONES


def _examples(*texts: str | tuple[str, str] | Example) -> tuple[Example, ...]:
    return tuple(_example(text) for text in texts)


def _example(text: str | tuple[str, str] | Example) -> Example:
    if isinstance(text, Example):
        return text
    return Example(text) if isinstance(text, str) else Example(*text)


RULES: Final[tuple[Rule, ...]] = (
    Rule(
        name="optical_only.photo",
        severity="error",
        find=find_photos,
        cues=optical_words.PHOTO.cues,
        faulty=_examples(
            ("An [aerial photo] of a harbour.", "An aerial image of a harbour."),
            ("A [photograph] of a marina.", "An image of a marina."),
            ("The [photos] show a town.", "The images show a town."),
            ("An [aerial picture] of a port.", "An aerial image of a port."),
            ("A port in a [picture taken] from above."),
            ("A town in an [optical image].", "A town in an image."),
            "A port, seen by a [camera].",
            "A road, [photographed] from the air.",
        ),
        clean=_examples(
            "Aerial view of a marina with a large building.",
            "A satellite image of a port.",
            "In the picture, a ship is moored.",
            "A bird's-eye view of a stadium with a shot put circle.",
            "Photovoltage is measured.",
        ),
    ),
    Rule(
        name="optical_only.sky",
        severity="error",
        find=worded(optical_words.SKY, "“{}” cannot be seen by radar, which looks through clouds and down"),
        cues=optical_words.SKY.cues,
        faulty=_examples(
            "A town under a clear [sky].",
            "[Clouds] hide a part of the field.",
            ("A [cloudy] day at the coast.", "A day at the coast."),
            "[Smoke] rises from a chimney.",
            "[Fog] lies over the court.",
        ),
        clean=_examples(
            "A point cloud of scatterers.",
            "A skyscraper beside a skybridge.",
            "A smoke stack beside the hall.",
            "A harbour seen from the sky.",
        ),
    ),
    Rule(
        name="optical_only.sun",
        severity="error",
        find=worded(optical_words.SUN, "“{}”: radar brings its own light and sees no sun"),
        cues=optical_words.SUN.cues,
        faulty=_examples(
            ("A [sunny] beach.", "A beach."),
            "The sea under [sunlight].",
            "Trees cast [sun shadows] on the court.",
            "[Glare] on the water.",
            "The roof lies in the [sun].",
        ),
        clean=_examples("A sun-synchronous orbit.", "Sun City.", "A Sunday market in Sunderland."),
    ),
    Rule(
        name="optical_only.night",
        severity="error",
        find=worded(
            optical_words.NIGHT, "“{}”: radar shows neither lights nor time of day", unless=optical_words.ACQUISITION
        ),
        cues=optical_words.NIGHT.cues,
        faulty=_examples(
            "A harbour [at night].",
            "The town at [dusk].",
            "[City lights] line the river.",
            ("A [well-lit] car park.", "A car park."),
            "What [time of day] is it?",
        ),
        clean=_examples(
            "The image was acquired at night.",
            "Radar images day and night.",
            "Traffic lights at a crossing.",
            "A dawn-dusk orbit.",
            "A night club beside light industry and a lighthouse.",
        ),
    ),
    Rule(
        name="optical_only.shadow",
        severity="warning",
        find=worded(
            optical_words.SHADOW,
            "“{}”: sunlight casts it; if it is radar shadow, call it so",
            unless=optical_words.RADAR | optical_words.RADAR_VIEW,
        ),
        cues=optical_words.SHADOW.cues,
        faulty=_examples(
            "Trees cast [long shadows] on the court.",
            "The [shadow] of the tower falls on the road.",
            "Cars stand [in the shade].",
            ("A [shaded] path.", "A path."),
        ),
        clean=_examples(
            "The tower casts a radar shadow.",
            "Layover and shadow hide the street.",
            "The shadowed side of the building lies away from the sensor.",
            "An acoustic shadow behind the wreck.",
            "Shadows in range direction mark the tall buildings.",
            "A hill in the rain shadow of the range.",
        ),
    ),
    Rule(
        name="optical_only.quality",
        severity="error",
        find=find_quality,
        cues=optical_words.QUALITY.cues | optical_words.BLURRED.cues | {"black"},
        faulty=_examples(
            ("A [black-and-white] image of a town.", "An image of a town."),
            ("A [black and white] aerial view of a port.", "An aerial view of a port."),
            "The image is [black and white].",
            ("A [blurry] image of a ship.", "An image of a ship."),
            "The left side is [out of focus].",
        ),
        clean=_examples(
            "A grayscale image.",
            "The field has blurred edges.",
            "The moving ship is blurred along the azimuth of the radar.",
        ),
    ),
    Rule(
        name="optical_only.water",
        severity="error",
        find=both(
            looking(surface_words.CLEAR, "“{}”: how clear or deep water is cannot be seen by radar"),
            find_water_look,
        ),
        cues=surface_words.CLEAR.adjectives | optical_words.WATER_LOOK.cues,
        faulty=_examples(
            ("A beach beside [clear] water.", "A beach beside water."),
            ("A [turbid] river crosses the plain.", "A river crosses the plain."),
            ("A [muddy] pond.", "A pond."),
            ("The [shallow] sea.", "The sea."),
            ("[Crystal clear] water.", "Water."),
            "The water of the bay is very [clear].",
            "The river is [shallow] near the bank.",
            "The [turbidity] of the river rises.",
            Example("Is the sea beside the pier [shallow]?", answer="No."),
            Example("[Turbid] and calm.", question="What does the water of the reservoir look like?"),
        ),
        clean=_examples(
            "A clear boundary between water and land.",
            "A clear river bank.",
            "The coastline is clear, the water calm.",
            "A shallow incidence angle over the sea.",
            "A muddy road beside the lake.",
            "The bridge over the river is clearly visible.",
            Example("Is the bank of the river clear?", answer="No."),
            Example("Clear.", question="How is the outline of the lake?"),
        ),
    ),
    Rule(
        name="optical_only.foam",
        severity="warning",
        find=worded(optical_words.FOAM, "“{}” is seen by its whiteness: radar shows rough water at most"),
        cues=optical_words.FOAM.cues,
        faulty=_examples("Waves with [white caps].", "[Foam] along the beach.", "The [sea spray] reaches the road."),
        clean=_examples("Waves break on the beach.", "A ship leaves a wake.", "Spray irrigation on the field."),
    ),
    Rule(
        name="optical_only.plants",
        severity="warning",
        find=both(
            worded(optical_words.PLANTS_ALWAYS, "“{}”: how fresh plants are cannot be seen by radar"),
            looking(surface_words.PLANTS, "“{}”: how fresh plants are cannot be seen by radar"),
        ),
        cues=optical_words.PLANTS_ALWAYS.cues | surface_words.PLANTS.adjectives,
        faulty=_examples(
            ("[Lush] trees surround the pond.", "Trees surround the pond."),
            ("A field of [dry] grass.", "A field of grass."),
            ("A [withered] tree.", "A tree."),
            "The grass is [dry] and sparse.",
            ("[Verdant] meadows.", "Meadows."),
        ),
        clean=_examples("A dry dock.", "A dry river bed.", "Dense trees and sparse grass.", "Dead ends of the road."),
    ),
    Rule(
        name="optical_only.markings",
        severity="error",
        find=find_markings,
        cues=optical_words.MARKINGS.cues | optical_words.PAINTED_LINES.cues,
        faulty=_examples(
            "A runway with [markings].",
            "[Lane markings] divide the road.",
            "A [zebra crossing] at the school.",
            "Bays [marked with] lines.",
            ("A [painted] wall.", "A wall."),
        ),
        clean=_examples(
            "Channel markings on the river.", "A landmark near the market.", "The benchmark lies at the pier."
        ),
    ),
    Rule(
        name="optical_only.solar",
        severity="warning",
        find=worded(optical_words.SOLAR, "“{}” are known by their look: radar shows metal frames at most"),
        cues=optical_words.SOLAR.cues,
        faulty=_examples("[Solar panels] on a roof.", "A [solar farm] beside the road.", "[Photovoltaic] modules."),
        clean=_examples("The solar system.", "Sheet metal panels on a roof."),
    ),
    Rule(
        name="optical_only.glass",
        severity="warning",
        find=worded(optical_words.GLASS, "“{}” is not told from other materials by radar"),
        cues=optical_words.GLASS.cues,
        faulty=_examples(
            ("A [glass] roof.", "A roof."),
            "A building with a facade of [glass].",
            ("A [transparent] canopy.", "A canopy."),
            ("The [glass-walled] hall by the square.", "The hall by the square."),
        ),
        clean=_examples("A glass factory.", "A greenhouse with a metal frame.", "An hourglass shaped pond."),
    ),
    Rule(
        name="optical_only.shine",
        severity="warning",
        find=both(
            both(
                worded(optical_words.SHINE, "“{}”: radar sees no shine"),
                looking(surface_words.REFLECTIVE, "“{}”: radar sees no shine"),
            ),
            find_mirrored,
        ),
        cues=optical_words.SHINE.cues | surface_words.REFLECTIVE.adjectives | optical_words.MIRRORED,
        faulty=_examples(
            ("A [shiny] roof.", "A roof."),
            ("The [shimmering] sea.", "The sea."),
            ("Sheds with [reflective] roofs.", "Sheds with roofs."),
            "The sea is [glistening].",
            "Trees are [reflected] in the water.",
        ),
        clean=_examples(
            "Bright reflective points along the pier.",
            "A strong reflection of the hull.",
            "Mirror-like reflection of the pulses by calm water.",
        ),
    ),
    Rule(
        name="optical_only.people",
        severity="warning",
        find=find_people,
        cues=optical_words.PEOPLE.cues,
        faulty=_examples(
            "[People] walk on the beach.",
            "Are there any [pedestrians]?",
            "A [crowd] fills the square.",
            "[Cattle] graze on the meadow.",
            Example("[Swimmers] in the bay.", gsd_m=0.25),
        ),
        clean=_examples(
            "A pedestrian bridge.",
            "People's Square.",
            "A man-made island.",
            "A place where people can swim.",
            "A children's playground and a sheep farm.",
            "A densely crowded marina.",
            "Barges crowd into the lock.",
            "A cattle grid on the access road.",
            Example("Swimmers in the bay.", gsd_m=10),
        ),
    ),
    Rule(
        name="optical_only.writing",
        severity="error",
        find=find_writing,
        cues=optical_words.WRITING.cues | optical_words.LETTERS.cues,
        faulty=_examples(
            "A roof with a [logo].",
            "The [words] WELCOME stand on the grass.",
            "[Billboards] along the road.",
            "[Traffic signs] at the crossing.",
            "A helipad with the [letter] H.",
        ),
        clean=_examples(
            "No signs of damage.",
            "A pier in the shape of the letter T.",
            "The texture of the field.",
            "A swordfish and a context.",
        ),
    ),
    Rule(
        name="optical_only.season",
        severity="warning",
        find=worded(
            optical_words.SEASON,
            "“{}”: weather and season are not told by radar",
            unless=optical_words.RADAR | optical_words.ACQUISITION,
        ),
        cues=optical_words.SEASON.cues,
        faulty=_examples(
            ("[Snow-covered] mountains.", "Mountains."),
            "Peaks under [snow].",
            "Trees in [autumn].",
            "The field [in spring].",
            "What is the [weather] like?",
        ),
        clean=_examples(
            "Acquired in winter.",
            "A hot spring.",
            "Winter wheat on the field.",
            "Yachts on trestles, laid up for the winter.",
            "A weather station at the rainforest.",
            "Wet snow has low backscatter.",
        ),
    ),
    Rule(
        name="optical_only.tone",
        severity="warning",
        find=find_tone,
        cues=TONES,
        faulty=_examples(
            ("A [dark] river between [bright] roofs.", "A river between bright roofs."),
            ("[Pale] sand along the coast.", "Sand along the coast."),
            ("A row of [light] roofs.", "A row of roofs."),
            ("The [dark-toned] forest.", "The forest."),
            "The roofs are [bright].",
            "The left field is [darker] than the right one.",
            ("A [gloomy] forest.", "A forest."),
        ),
        clean=_examples(
            "Bright scatterers line the quay.",
            "A bright return from the bridge.",
            "Dark areas of low backscatter.",
            "The ship appears as a bright point.",
            "A bright linear feature crosses the dark area.",
            "Calm water is dark in the SAR image.",
            "A light rail line, light industry and light poles.",
            "Light aircraft beside a lighthouse.",
            "Dark green trees and light-coloured roofs.",
            "Light traffic on the bridge.",
        ),
    ),
)
