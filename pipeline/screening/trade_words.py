"""Words of the trades that a scene's ports, plants, roads, fields, rivers and towns belong to, by trade.

No dictionary of common English has most of them. Added here, a word is right, and no other is taken for its slip.
"""

from __future__ import annotations

from typing import Final

from pipeline.screening.word_lists import closed_list

_INDUSTRY: Final = closed_list(
    """fibreglass fiberglass fibreboard fiberboard plasterboard cardboard glassworks glasshouse glasshouses
    bund bunds bunded bunding berm berms bermed berming tankfarm tankfarms tankage gasometer gasometers gasholder
    gasholders flarestack flarestacks stockpiling stacker stackers reclaimer reclaimers conveyor conveyors hopper
    hoppers crusher crushers kiln kilns clinker cementworks brickworks brickfield brickfields steelworks ironworks
    gasworks waterworks sawmill sawmills papermill papermills foundry foundries smeltery smelteries tannery
    tanneries colliery collieries pithead pitheads headframe headframes winding adit adits washery washeries coking
    coker overburden leach leaching heapleach tailing spoil spoils borrow benched pitwall haulroad haulroads sluice
    sluices thickener thickeners flocculation biofilter biofilters desalination desalinator desalinators
    electrolyser electrolyzer pumphouse pumphouses pumpjack pumpjacks wellhead wellheads wellpad wellpads drillpad
    drillpads manifold manifolds pigging pipebridge piperack piperacks piperun busbar busbars switchgear substations
    transformer transformers stepdown catenary chiller chillers baghouse baghouses scrubber scrubbers flue flues
    stack stacks boiler boilers condenser condensers powerhouse powerhouses crib cribs gabion gabions hardstanding
    hardstandings mothballed disused decommissioned scrapheap weighbridge weighbridges gatehouse gatehouses
    guardhouse guardhouses loadout loadouts lng lpg hvac fpso fpsos fsru fsrus blackwater greywater graywater
    stormwater wastewater whitewater nacelle nacelles windfarm windfarms monopile monopiles monopole monopoles guyed
    radome radomes satcom geothermal"""
)
_PORTS: Final = closed_list(
    """roadstead roadsteads anchorage anchorages fairway fairways moorage mooring dolphin dolphins fender fenders
    linkspan linkspans camber bulkhead bulkheads sheetpile sheetpiles sheetpiling quaywall quaywalls riprap dolos
    dolosse tetrapod tetrapods xbloc accropode accropodes roro ropax lolo reefer reefers reachstacker reachstackers
    straddle transtainers shiploader shiploaders shipbreaking shipbreaker shiplifts syncrolift boatlift boatlifts
    travelift travelifts drystack drystacks laydown bunkering bunkered lightering pilotage panamax aframax suezmax
    capesize handysize handymax vlcc vlccs ulcc ulccs teu feeder feeders coaster coasters bulkcarrier bulkcarriers
    cablelayer pipelayer monobuoy monobuoys spm semisubmersible semisubmersibles jackup jackups topsides
    sternwheeler sternwheel trimaran trimarans hovercraft hydrofoil hydrofoils sloop sloops ketch ketches schooner
    schooners dhow dhows junk junks sampan sampans longtail longtails lightship lightships icebreaker icebreakers
    towboat towboats pushboat pushboats pushtow pushtows lockage lockages lockgate lockgates wavebreaker
    wavebreakers floatline boom booms shipwake shipwakes foredeck aftdeck poop forecastle freeboard gunwale gunwales
    bilge windlass capstan capstans derrick derricks davit davits gangway gangways fairlead fairleads"""
)
_AIRPORTS: Final = closed_list(
    """stopway stopways blastpad blastpads deicing deiced airbridge airbridges remotestand turnpad jetblast glideslope
    glideslopes localiser localisers localizer localizers vor papi fbo fbos stol vtol vertiport vertiports heliopad
    heliports widebody widebodies narrowbody narrowbodies turboprops biplane biplanes sailplane sailplanes seaplane
    seaplanes floatplanes tiltrotor tiltrotors rotorcraft uav uavs boneyard boneyards apronside hangarage airship
    airships dirigible blimp blimps taxilane taxilanes holdbay runup overrun overruns"""
)
_ROADS_AND_RAILS: Final = closed_list(
    """headshunt headshunts shunter shunters shunting humpyard humpyards turnout turnouts crossover crossovers
    switchback switchbacks trainshed trainsheds roundhouse roundhouses turntable turntables overbridge overbridges
    underbridge underbridges catenaries railhead railheads intermodal multimodal drayage tramway tramways tramline
    tramlines busway busways guideway guideways monorail monorails maglev funicular funiculars ropeway ropeways
    cableway cableways chairlift chairlifts gondola gondolas sliproad sliproads offramp offramps onramp onramps
    gyratory gyratories rotary chicane chicanes layby laybys hardshoulder kerbside roadside verge verges
    switchbacked viaducted culverted guardrail guardrails crashbarrier gantried tollbooth tollbooths tollgate
    tollgates toll weighstation bikeway bikeways cycleway cycleways bridleway bridleways towpath towpaths fingerpost
    streetscape streetscapes kerbline kerblines"""
)
_FARMS: Final = closed_list(
    """paddy paddies padi ricefield ricefields pivot pivots centrepivot feedlot feedlots slurry silage byre byres
    milking parlour polyhouse polyhouses hoophouse hoophouses shadehouse shadehouses rickyard farmyard farmyards
    barnyard barnyards farmstead farmsteads smallholding smallholdings homestead homesteads croft crofts bocage
    hedgebank hedgebanks drystone coppice coppices coppiced pollarded furrow furrows furrowed tramlined headland
    headlands swathed windrow windrows baled bales seedbed seedbeds rotavated harrowed tilled untilled agroforestry
    silvopasture oilpalm sisal teak eucalypt eucalypts agave sugarcane sorghum millet rapeseed canola soybean
    soybeans alfalfa lucerne maize cassava manioc hatchery hatcheries raceway raceways longline longlines saltpan
    saltpans saltern salterns salina salinas kraal kraals corral corrals stockade stockades dugout dugouts acequia
    acequias qanat qanats subak terracette terracettes shelterbelt shelterbelts ryegrass clearfell clearfelled coupe
    coupes"""
)
_WATER: Final = closed_list(
    """thalweg thalwegs braidplain braidplains avulsion avulsions crevasse crevasses pointbar pointbars anabranch
    anabranches anastomosing anabranching distributary distributaries headwater headwaters tailwater tailwaters
    tailrace tailraces headrace headraces forebay forebays afterbay fishway fishways sluiceway sluiceways headgate
    headgates floodgate floodgates tidegate tidegates barrage barrages canalised canalized channelised channelized
    embanked rivermouth rivermouths plunge swash backshore shoreface shorefaces cusp cusps cuspate tombolo tombolos
    spit spits lagoonal atoll atolls reefflat reefflats forereef skerry skerries fjord fjords firth firths ria rias
    bight bights cove coves isthmus ebb fen fens bog bogs peat peatland peatlands marshland marshlands swampland
    swamplands reedbed reedbeds carr turlough turloughs billabong billabongs resaca resacas bayou bayous slough
    sloughs swale swales bioswale bioswales vernal ephemeral perennial endorheic exorheic playa playas wadi wadis
    arroyo arroyos sabkha sabkhas chott chotts vlei vleis mangrove mangroves seagrass seagrasses kelp bathymetry
    bathymetric slick slicks soliton solitons upwelling upwellings downwelling oxbows rill rills gully gullies
    gullied runnel runnels"""
)
_LAND_FORMS: Final = closed_list(
    """talus scree screes cuesta cuestas hogback hogbacks mesa mesas butte buttes inselberg inselbergs alluvium
    colluvium moraine moraines drumlin drumlins esker eskers kame kames kettle kettles cirque cirques tarn tarns
    arete aretes arête karst karstic doline dolines sinkhole sinkholes polje poljes uvala yardang yardangs barchan
    barchans barchanoid seif seifs erg ergs loess dunefield dunefields interdune interdunes foredune foredunes
    anticline anticlines syncline synclines monocline graben grabens horst horsts escarpment escarpments scarp
    scarps scarped landform landforms geomorphology lithology caldera calderas cinder lahar lahars fumarole
    fumaroles tephra badland badlands hoodoo hoodoos pediment pediments bajada bajadas piedmont floe floes polynya
    polynyas landfast fastice firn firnline neve névé serac seracs nunatak nunataks icefall icefalls icecap icecaps
    calving meltwater supraglacial proglacial subglacial periglacial ablation permafrost thermokarst pingo pingos
    palsa palsas muskeg muskegs tundra taiga steppe steppes puszta heathland heathlands moorland moorlands chaparral
    maquis garrigue fynbos cerrado caatinga machair"""
)
_TOWNS: Final = closed_list(
    """infill greenfield brownfield brownfields superblock superblocks perimetric courtyarded tenement tenements arcade
    arcades galleria souk souks bazaar bazaars medina medinas kasbah kasbahs ksar ksour favela favelas bidonville
    shanty shanties shantytown shantytowns kampung kampungs kampong longhouse longhouses dacha dachas piazza piazzas
    plaza plazas plattenbau hutong hutongs siheyuan compound compounds cadastral curtilage curtilages setback
    setbacks subdivision subdivisions streetgrid conurbation conurbations megacity microrayon peripheral gable
    gabled gables mansard mansards clerestory clerestories sawtooth pergola pergolas gazebo gazebos penthouse
    penthouses skybridge skybridges podium podiums lido lidos skatepark skateparks velodromes hippodromes boules
    menage manège manege dressage slalom regatta watersports bandstand bandstands boardwalk boardwalks esplanades
    ghat ghats stupa stupas pagoda pagodas minaret minarets cloister cloisters cul bailey motte crematorium
    crematoria columbarium necropolis"""
)
_FORTS: Final = closed_list(
    """revetted hardened bunker bunkers magazine magazines glacis ravelin ravelins bastion bastions bastioned moat
    moats moated casemate casemates emplacement emplacements caponier rampart ramparts earthwork earthworks barracks
    parade dispersal dispersals watchtower watchtowers checkpoint checkpoints corvette corvettes frigate frigates
    destroyer destroyers minesweeper minesweepers minehunter minehunters minelayer minelayers lhd lpd lst amphibious
    sam samsite launchpad launchpads silo silos firing rangehead shooting berthage tanktrap wirefence perimetered
    airbase airbases"""
)
_RADAR: Final = closed_list(
    """groundtruth unwrapped fringe fringes subsidence coherency decorrelation decorrelated tomosar tomography
    subaperture subapertures multibaseline multibounce doublebounce triplebounce squint squinted spaceborne airborne
    nearrange farrange downsampled upsampled resampled quantised quantized logscale orthorectification
    terraincorrected geocoding georeferencing boxcar desaturated oversaturated ambiguities nadir azimuthally kelvin
    vee wakes internal biogenic windrows lookup displacement scintillation ionospheric tropospheric ellipsoid
    ellipsoidal geoid dem dems dsm dtm slc grd"""
)

TRADE_WORDS: Final = _INDUSTRY.union(
    _PORTS, _AIRPORTS, _ROADS_AND_RAILS, _FARMS, _WATER, _LAND_FORMS, _TOWNS, _FORTS, _RADAR
)
