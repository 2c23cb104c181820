"""Words that the dictionary lacks, words that scenes are about, and slips that are made often."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from pipeline.screening.trade_words import TRADE_WORDS
from pipeline.screening.word_lists import closed_list

TECHNICAL: Final = closed_list(
    """sar insar polsar polinsar geosar isar radar radars radargram lidar backscatter backscatters backscattered
        backscattering backscatterer backscatterers scatterer scatterers specular multilook multilooked multilooking
        singlelook despeckle despeckled despeckling speckle speckled speckling layover layovers foreshortening
        foreshortened groundrange slantrange sidelobe sidelobes mainlobe azimuth azimuthal swath swaths subswath
        stripmap scansar spotlight topsar interferometric interferometry interferogram polarimetric polarimetry
        polarisation polarised polarisations polarization polarized copolarised copolarized copol crosspol dihedral
        trihedral trihedrals corner grayscale greyscale geocoded georeferenced orthorectified coregistered radiometric
        radiometrically dielectric permittivity isotropic anisotropic homogeneous inhomogeneous heterogeneity
        homogeneity beamforming narrowband wideband broadband subpixel pixelated decibel decibels sentinel terrasar
        radarsat cosmo kompsat iceye capella umbra gaofen palsar multispectral hyperspectral panchromatic
        multitemporal bareland barelands farmland farmlands grassland grasslands woodland woodlands shrubland
        shrublands wetland wetlands cropland croplands pastureland rangeland rangelands parkland parklands scrubland
        mudflat mudflats sandflat tidal intertidal floodplain floodplains saltmarsh saltmarshes sandbar sandbars
        sandbank shoal shoals oxbow riparian alluvial estuarine fluvial lacustrine dendritic meandering braided
        phenological geomorphic aeroplane aeroplanes airliner airliners airside landside airfield airfields airstrip
        airstrips taxiway taxiways apron aprons helipad helipads heliport tarmac jetway jetways jetbridge jetbridges
        aerobridge turboprop floatplane aerodrome windsock hangar hangars hardstand hardstands quay quays quayside
        wharf wharfs wharves jetty jetties breakwater breakwaters groyne groynes groin mole moles revetment revetments
        seawall seawalls drydock drydocks shiplift slipway slipways shipyard shipyards boatyard boatyards boathouse
        boathouses dockyard dockyards marina marinas moorings bollard bollards gantry gantries gantrys transtainer
        containership containerships tanker tankers bulker bulkers ro-ro lighter barge barges tugboat tugboats trawler
        trawlers dredger dredgers ferries catamaran pontoon pontoons cofferdam cofferdams caisson caissons offshore
        nearshore onshore inshore foreshore riverbank riverbanks riverbed riverside lakeside lakeshore waterside
        waterfront waterbody waterbodies watercourse watercourses waterway waterways embankment embankments levee
        levees dyke dykes dike dikes weir weirs culvert culverts causeway causeways aqueduct aqueducts spillway
        spillways penstock reservoir reservoirs aquaculture polder polders fishpond fishponds viaduct viaducts
        overpass overpasses underpass underpasses flyover flyovers roundabout roundabouts interchange interchanges
        motorway motorways carriageway carriageways expressway expressways cloverleaf crosswalk crosswalks footbridge
        footbridges footpath footpaths driveway driveways sidewalk sidewalks cul-de-sac culdesac trackbed railyard
        railyards trackside marshalling substation substations pylon pylons switchyard switchyards silo silos digester
        digesters clarifier clarifiers aerator aerators flocculator sedimentation photovoltaic photovoltaics heliostat
        heliostats kiln kilns smelter smelters refinery refineries petrochemical warehouse warehouses depot depots
        greenhouse greenhouses glasshouse glasshouses polytunnel polytunnels plasticulture orchard orchards vineyard
        vineyards hedgerow hedgerows windbreak windbreaks treeline treelines paddock paddocks terraced terracing
        afforestation reforestation deforested clearcut clearcuts firebreak highrise highrises lowrise midrise
        multistorey multistory townhouse townhouses rowhouse rowhouses bungalow bungalows carport carports rooftop
        rooftops courtyard courtyards atrium colonnade rotunda cantilever truss trusses girder girders abutment
        abutments deckhouse superstructure bulwark transom amidships midships midstream quayline berthed berthing
        dockside portside landfill landfills tailings quarry quarries opencast openpit excavated stockpile stockpiles
        stockyard stockyards scrapyard scrapyards junkyard laydown playfield playfields sportsground sportsgrounds
        racetrack racetracks racecourse velodrome hippodrome bullring grandstand grandstands bleacher bleachers
        infield infields outfield gridiron netball softball ballfield ballfields ballpark ballparks esplanade
        promenade boulevard allotment allotments cemetery cemeteries campus campuses sprawl peri periurban exurban
        gridlike gridded gridding rectilinear curvilinear orthogonal quadrilateral trapezoid trapezoidal trapezium
        polygon polygons polygonal parallelogram rhombus ellipse elliptical ellipsoidal semicircle semicircles
        semicircular quadrant quadrants equidistant colocated collocated contiguous linearly radially concentrically
        perpendicularly orthogonally densely sparsely unbuilt unpaved undeveloped vegetated unvegetated forested
        revegetated cultivated fallow stubble harvested workboat workboats bounding pixel pixels raster rasters criss
        crisscross multi semi pseudo quasi bi tri centare centred centring metre metres tonne tonnes baulk baulks tyre
        tyres kerb kerbs plough ploughed ploughs grey greys greyish draught gauge gaol mould moulded storey storeys
        cheque cheques sceptre draughty sulphur aluminium programme programmes catalogue catalogues disc discs
        pavement pavements licence fulfil"""
)
"""Right as they are, whatever the dictionary says, and common enough to be meant by a slip."""

RIGHT: Final = TECHNICAL | TRADE_WORDS
"""Right as they are."""

SUBJECTS: Final = closed_list(
    """across adjacent aerial agricultural agriculture aircraft airplane airplanes airport airports aligned
    alignment along alongside appear appears arc area areas arranged artificial background backscatter bare
    baseball basketball bay bays beach beaches beautiful because behind beside besides between black block
    blocks blue boat boats border bottom breakwater breakwaters bridge bridges bright brown brush building
    buildings bus buses bushes business calm canal canals car cargo carriage carriages cars cement center
    central centre channel channels church churches circle circles circular city clear cliff cloud clouds coast
    coastal coastline commercial complex concrete connected connecting construction container containers corner
    corners court courts covered crane cranes cross crossed crosses crossing crowded cruising cultivated curve
    curved cylindrical dam dams dark dense densely desert devoted diamond different direction distinct
    distinctive distributed divide divided divides dock docked docks dotted eastern edge edges eight embedded
    empty enclose enclosed entrance estuary factories factory farmland fence fenced ferry field fields five flat
    football foreground forest forests forming four freighter freighters front garden gardens gas gather
    geometric golf grass grassland green greenland ground group grouped groups hall harbor harbors harbour
    harbours harvested high highway highways hill hills horizontal house houses huge image images in industrial
    inlet interchange intersection intersections irregular island islands isolated jetty junction lake lakes
    land large lawn lawns layout leading left light line linear lines linked located long lot lots lower main
    marina meadow meadows meandering medium middle moored mountain mountains moving narrow natural near nearby
    neat neatly next north northern number numerous object objects occupied occupies occupy ocean oil open
    opposite orchard orchards orderly orientation oriented oval overpass paddy parallel paralleled park parked
    parking parks part parts passing path paths pattern patterns pavement pavilion peninsula perpendicular pier
    piers pitch place placed plain plains plane planes plant plants platform playground playgrounds pond ponds
    pool pools port position positioned present quarter railway railways ramp recreational rectangle rectangles
    rectangular red region regular reservoir reservoirs residential resort ridge ridges right ring ripples river
    rivers road roads roof roofs rooftop rough round roundabout row rows runway runways rural sand sandy
    scattered scattering scene school schools sea seawall sediment separate separated separates settlement
    settlements several shadow shadows shape shaped shapes ship shipping ships shore shoreline shows side sides
    similar single sketch slope small smooth soccer solar sparse sports spread square squares stadium stadiums
    staggered station stations storage straight street streets stretch stripe stripes structure structures
    suburb suburban surface surround surrounded surrounding surroundings surrounds swimming tall tank tanks
    tennis terminal terminals terrain texture three through together top town towns track tracks traffic
    transport tree trees triangle triangular tributary truck trucks tunnel twelve twist two uneven unused upper
    urban vacant valley valleys vegetation vehicle vehicles vertical vessel vessels viaduct village villages
    visible wake wakes wall walls warehouse water waters wave waves western wharf where which white wide wind
    winding wood woods yard yards yellow"""
)
"""What texts about scenes speak of: of several words that a slip may stand for, one of these is likeliest."""

SLIPS: Final[Mapping[str, str]] = {
    "teh": "the",
    "hte": "the",
    "adn": "and",
    "ande": "and",
    "aree": "are",
    "wth": "with",
    "wiht": "with",
    "woth": "with",
    "ofthe": "of the",
    "inthe": "in the",
    "onthe": "on the",
    "tothe": "to the",
    "aircrafts": "aircraft",
    "bwteen": "between",
    "ther": "there",
    "thier": "their",
    "alot": "a lot",
    "infront": "in front",
    "nextto": "next to",
    "thats": "that is",
    "isnt": "is not",
    "arent": "are not",
    "dont": "do not",
    "doesnt": "does not",
    "cant": "cannot",
    "didnt": "did not",
    "seperate": "separate",
    "seperated": "separated",
    "seperately": "separately",
    "rightside": "right side",
    "leftside": "left side",
    "lage": "large",
    "quitely": "quite",
    "staind": "stained",
    "grean": "green",
}
"""Slips that are words of some dictionary, are too short to be compared, or need a space."""
