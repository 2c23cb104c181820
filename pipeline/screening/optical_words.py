"""What only a camera shows, in words: the sky, the light, what is written or painted, who walks there."""

from __future__ import annotations

from typing import Final

from pipeline.screening.word_lists import closed_list
from pipeline.screening.wording import Index, wording

RADAR: Final = closed_list(
    """radar radars sar insar polsar backscatter backscatters backscattered backscattering scatterer scatterers
    scattering echo echoes speckle speckled polarisation polarization polarimetric vv vh hh hv
    decibel decibels db dielectric incidence layover foreshortening specular antenna microwave microwaves sonar
    interferometric coherence reflectivity acoustic beam bounce"""
)
"""Words of those who read radar images: a shadow that they speak of is where no pulse arrives."""

RADAR_VIEW: Final = closed_list("sensor sensors antenna range azimuth pulse pulses look illumination illuminated swath")
"""Beside a shadow these words tell that it is the radar's."""

MIRRORED: Final = closed_list("reflected reflection reflections reflects reflecting reflect mirrored mirrors")
_FROM_ABOVE: Final = "aerial satellite overhead drone uav airborne topdown top-down colour color optical"

PHOTO: Final = Index(
    (
        wording(
            """photo photos photograph photographs photography photographic photographed photographer snapshot snapshots
            screenshot camera cameras webcam selfie camera_lens""",
            takes="aerial satellite overhead drone optical",
            unless_after="radar",
        ),
        wording("picture pictures", before=_FROM_ABOVE),
        wording("picture pictures", after="taken shot captured snapped"),
        wording("picture_from_above picture_from_the_air picture_was_taken picture_is_taken pictures_were_taken"),
        wording("shot shots", before="aerial satellite overhead drone down wide angle zenith"),
        wording("shot shots", after="from of taken"),
        wording("image images imagery photo view", before="optical rgb"),
        wording("footage video videos", takes="aerial drone satellite"),
    )
)

WATER_LOOK: Final = Index((wording("turbidity murkiness muddiness clarity transparency", takes="water"),))

SKY: Final = Index(
    (
        wording(
            "sky skies",
            unless_before="from_the",
            unless_after="bridge bridges train tower walk lounge deck garden blue",
        ),
        wording(
            "cloud clouds",
            unless_before="point word tag electron",
            unless_after="computing server servers forest storage platform free",
        ),
        wording("cloudy", unless_after="water waters"),
        wording("cloudless overcast clouded cloudiness fog foggy mist misty haze hazy smog smoggy rainbow"),
        wording(
            "smoke smoky smog fumes",
            unless_after="stack stacks detector detectors tower house houses",
        ),
        wording("plume_of_steam plumes_of_steam steam_plume steam_plumes rising_steam vapour_trail contrail contrails"),
        wording("horizon", before="the on_the"),
    )
)

SUN: Final = Index(
    (
        wording(
            """sun_shadow sun_shadows sun sunlight sunlit sunny sunshine sunshiny sunglint sunbeam sunbeams sunrays
            sunrise sunrises sunset sunsets sunbath sunbathing sundown""",
            unless_after="""shadow shadows glint glints glare synchronous lounger loungers deck decks yat valley city
            moon flower island hemp sensor""",
        ),
        wording("glint glints glare", takes="sun"),
        wording("natural_light rays_of_light golden_hour_light"),
    )
)

NIGHT: Final = Index(
    (
        wording(
            "night nights",
            unless_after="club clubs market markets and_day or_day vision",
            unless_before="day_and day_or",
            takes="at",
        ),
        wording(
            "nighttime dusk twilight midnight moonlight moonlit starlight starry nocturnal evening floodlit",
            unless_after="orbit",
            unless_before="dawn",
        ),
        wording("dawn", unless_after="dusk orbit"),
        wording("after_dark before_dark"),
        wording("daytime daylight daylit midday noon afternoon", unless_after="and"),
        wording("morning", unless_after="glory"),
        wording("time_of_day"),
        wording(
            "lights",
            unless_before="traffic signal stop pilot flood sky roof",
            takes="city street bright shining twinkling runway",
        ),
        wording("lit illuminated lighted lightened", takes="brightly well dimly softly"),
        wording("glow glowing glows"),
    )
)

SHADOW: Final = Index(
    (
        wording(
            "shadow shadows shadowed shadowing shedows",
            unless_before="rain wind sun radar sar acoustic",
            unless_after="economy price cabinet",
            takes="long large huge dark small",
        ),
        wording("shaded", unless_after="relief"),
        wording("tree_shade tree_shades in_the_shade cast_shade casts_shade casting_shade gives_shade"),
        wording("shady"),
    )
)

QUALITY: Final = Index(
    (
        wording("blurry blurriness grainy pixelated pixellated overexposed underexposed unfocused monochrome"),
        wording("out_of_focus washed_out over_exposed under_exposed"),
        wording("monochromatic", unless_after="wave waves radiation signal signals"),
    )
)
BLURRED: Final = Index((wording("blurred blur blurs blurring"),))

FOAM: Final = Index(
    (
        wording(
            """foam foams foamy foaming froth frothy whitecap whitecaps spindrift spoondrift spoondrifts spumy
            spumescent""",
            unless_after="concrete insulation factory fire",
            takes="sea white",
        ),
        wording("white_cap white_caps white_crests white_foam sea_spray white_water"),
        wording("spray", unless_after="irrigation paint booth painting", unless_before="irrigation"),
    )
)

PLANTS_ALWAYS: Final = Index(
    (
        wording(
            """lush lusher lushly verdant verdure withered wilted wilting leafy luxuriant exuberant parched
            sunburnt""",
        ),
        wording("flowering blooming blossoming blossom blossoms flowers", unless_after="market beds bed"),
        wording("in_bloom in_full_bloom in_blossom"),
        wording("autumn_foliage fall_foliage autumn_leaves fallen_leaves green_leaves"),
    )
)

MARKINGS: Final = Index(
    (
        wording(
            "marking markings",
            takes="""road lane line street runway taxiway pavement ground court field parking white yellow pitch floor
            traffic crosswalk apron surface painted zebra crossing arrow centreline centerline track helipad""",
            unless_before="buoy channel fairway",
            # Then it is a verb: trees marking the boundary.
            unless_after="the a an its their where out off",
        ),
        wording("zebra_crossing zebra_crossings zebra_stripes zebra_lines pedestrian_crossing pedestrian_crossings"),
        wording("crosswalk crosswalks"),
        wording("zebra", unless_after="crossing crossings stripes lines"),
        wording(
            """lane_line lane_lines dashed_line dashed_lines dotted_line dotted_lines stop_line stop_lines parking_lines
            road_lines chalk_lines lane_dividers lane_stripes road_stripes parking_stripes court_lines pitch_lines
            tyre_marks tire_marks skid_marks
            tire_tracks tyre_tracks turn_arrows directional_arrows direction_arrows"""
        ),
        wording("painted paint paints repainted", takes="freshly"),
        wording("marked", after="with parking lanes lane bays spaces stalls", takes="clearly well"),
        wording("chevrons"),
    )
)

PAINTED_LINES: Final = Index((wording("lines line stripes", before="white yellow"),))
PAVED: Final = closed_list(
    """road roads street streets highway runway runways taxiway taxiways apron tarmac lane lanes court courts pitch
    parking playground track tracks crossing bridge"""
)
"""In a text with one of these, white lines are taken for paint; on a meadow or roof they may be anything."""

SOLAR: Final = Index(
    (
        wording(
            "solar",
            after="""panel panels array arrays cell cells module modules collector collectors roof roofs farm farms park
            parks plant plants field fields installation installations power energy station photovoltaic heater heaters
            facility facilities""",
        ),
        wording("photovoltaic photovoltaics"),
        wording("pv", after="panel panels array arrays module modules plant plants system systems"),
    )
)

GLASS: Final = Index(
    (
        wording(
            "glass",
            unless_after="""fronted clad walled roofed covered topped sided enclosed faced
            factory factories works industry manufacturer manufacturing plant eel fibre fiber furnace""",
            unless_before="looking hour",
        ),
        wording(
            """glass_fronted glass_clad glass_walled glass_roofed glass_covered glass_topped glass_sided glass_enclosed
            glass_faced"""
        ),
        wording("glassy glazed glazing translucent see_through skylight skylights"),
        wording("transparent", unless_after="to"),
    )
)

SHINE: Final = Index(
    (
        wording(
            """shiny shinier shining shine shines shone shimmer shimmers shimmering shimmery gleam gleams gleaming
            glossy glisten glistens glistening glitter glitters glittering sparkle sparkles sparkling twinkle twinkles
            twinkling lustrous glimmering dazzling"""
        ),
        wording("mirror_like mirrorlike", unless_after="reflection scattering surface return"),
    )
)

PEOPLE: Final = Index(
    (
        wording(
            """people person persons pedestrians tourists swimmers swimmer surfers surfer bathers
            sunbathers beachgoers beachgoer pedestrian bystanders passersby onlookers joggers cyclists
            cyclist jogger children kids golfers golfer humans men women woman fishermen workmen""",
            unless_after="""mover movers s bridge bridges street streets zone zones area areas walkway walkways path
            paths overpass overpasses underpass precinct mall crossing crossings route routes access accessible
            pathway pathways plaza square resort resorts attraction attractions destination destinations
            facility facilities centre center information friendly only way ways traffic footbridge network networks
            playground playgrounds hospital hospitals can could may might would to live work village
            park parks use gather travel and_vehicle tunnel promenade island boulevard lane lanes track tracks
            flow movement circulation entrance entrances road roads underpasses ramp ramps deck decks link links
            connection connections gate gates tunnels carrier carriers movers""",
            unless_before="for where by that let allows allow lets young",
        ),
        wording(
            "crowd crowds",
            unless_after="the a an its their this these both every each all around along into onto in out round up",
        ),
        wording("a_crowd the_crowd large_crowd large_crowds small_crowd dense_crowd dense_crowds big_crowd"),
        wording("spectators", unless_after="stand stands seat seats seating area areas terrace terraces"),
        wording("man", before="a one any no standing", unless_after="made"),
        wording("players", unless_before="for where"),
        wording(
            "passengers residents workers visitors",
            after="walking standing waiting boarding sitting gathered gathering walk stand",
        ),
        wording(
            """cattle cows cow sheep goats livestock horses birds seagulls gulls animals ducks flock flocks herd herds
            dog dogs""",
            unless_after="""farm farms ranch ranches shed sheds market markets yard yards barn barns pasture pastures
            eye foot s sanctuary sanctuaries grid grids pen pens feedlot feedlots trough troughs station stations track
            tracks crossing crossings reserve reserves hide hides colony colonies stable stables stall stalls stud
            riding racing racecourse trail trails arena transport carrier carriers truck trucks shelter shelters housing
            husbandry breeding grazing run runs clinic hospital cemetery park parks kennel kennels pond ponds""",
        ),
    )
)

WRITING: Final = Index(
    (
        wording(
            """lettering logo logos signage signboard signboards billboard billboards advertisement advertisements
            advertising slogan slogans graffiti mural murals emblem emblems inscription inscriptions inscribed
            watermark handwriting poster posters banner banners"""
        ),
        wording(
            "sign signs",
            unless_after="of that",
            unless_before="any_sign no_sign",
            takes="road traffic street stop neon shop",
        ),
        wording("text texts writing written writed spells spell spelling spelled"),
        wording("word words", unless_before="other_in key a_in other cross", unless_after="cloud"),
        wording("license_plate license_plates licence_plate licence_plates number_plate number_plates"),
        wording("runway_number runway_numbers painted_numbers numerals"),
    )
)

LETTERS: Final = Index((wording("letter letters"),))
SHAPES: Final = closed_list("shape shaped shapes like resembles resemble resembling form forms forming formed")
"""In a text with one of these a letter is a shape: ``a pier in the shape of the letter T``."""

ACQUISITION: Final = closed_list(
    """acquired acquisition acquisitions acquire imaged pass passes orbit orbits ascending descending"""
)
"""In a text with one of these, night and season are when the radar looked."""

SEASON: Final = Index(
    (
        wording("snow", after="covered capped clad topped dusted blanketed"),
        wording(
            "snow snows snowy snowfall snowcapped snowed snowdrift snowflakes frost frosted frosty",
            unless_after="white plough plow ploughs plows leopard hill like",
        ),
        wording("autumn autumnal wintry wintertime summertime springtime", unless_before="acquired"),
        wording(
            "winter summer",
            unless_after="""wheat crop crops barley olympics olympic palace camp camps house houses resort resorts
            sports sport monsoon solstice rape rye quarters quarter berth berths storage layup lay mooring moorings
            harbour harbors harbor harbours port ports anchorage anchorages pasture pastures grazing road roads garden
            gardens home homes stage theatre theater school village residence cottage cottages hut huts squash cereal
            cereals stables paddock paddocks garage shed sheds quay basin haven dock docks track trail ranges range""",
            unless_before="for_the for over_the over each every",
        ),
        wording(
            "spring",
            before="in during early late",
            unless_after="water waters",
        ),
        wording("spring", after="day morning season foliage blossom blossoms"),
        wording("weather", unless_after="station stations radar radars buoy"),
        wording("rain", unless_after="forest forests water fed gauge gauges shadow garden gardens barrel"),
        wording("rainy stormy raining snowing thunderstorm lightning", unless_after="season rod"),
        wording("season", before="dry rainy autumn summer winter spring which what", unless_after="acquired"),
    )
)
