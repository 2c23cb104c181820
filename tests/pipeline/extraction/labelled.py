"""Eighty made-up texts and what a reader says they name; labelled by hand before the extractor was run on them.

At first it found closed categories with precision 0.977 and recall 0.994, open ones with 0.76 and 0.89; three faults
that this showed were mended since, so that later figures are those of texts that it was made with.

``text | categories of closed groups | nouns that no group knows``. A modifier of a noun (``steel`` bridge, ``ship``
wake) is no category of its own; parts and measures of a picture are none either.
"""

LABELLED = """
Twelve fishing boats are moored along a long jetty. | fishing boat, pier |
An aeroplane stands beside a hangar. | aircraft, hangar |
The harbour holds two tugs, a ferry and a row of barges. | harbor, tugboat, ferry, barge |
A bulk carrier is anchored off the breakwater. | cargo ship, breakwater |
Several circular storage tanks lie in two rows next to a refinery. | storage tank, refinery |
A railway crosses the river on a steel truss bridge. | railway, river, bridge |
Residential buildings with gabled roofs surround a school. | residential building, roof, school |
A baseball field and tennis courts lie between a road and a lake. | baseball field, tennis court, road, lake |
The airport has one runway, several taxiways and an apron with seven jets. | airport, runway, taxiway, apron, aircraft |
Farmland divided by narrow ditches, with a farmhouse in the centre. | farmland, ditch, farmhouse |
A winding stream runs through dense woodland. | river, forest |
Ships queue at the entrance of a lock on the canal. | ship, lock, canal |
Vehicles are parked in rows in front of a warehouse. | car, warehouse |
A dam holds back a reservoir in a mountain valley. | dam, reservoir, valley |
Greenhouses cover most of the lower half of the scene. | greenhouse |
There is a roundabout where four roads meet. | roundabout, road |
Solar panels are mounted on the roof of a factory. | solar panel, roof, factory |
Two gantry cranes tower over a stack of shipping containers. | crane, container |
The stadium is flanked by a swimming pool and an athletics hall. | stadium, swimming pool | hall
A golf course with bunkers, ponds and scattered trees. | golf course, sandpit, pond, tree |
High-rise apartment buildings line a wide boulevard. | apartment building, avenue |
A suspension bridge spans the strait. | suspension bridge, strait |
Fish ponds separated by dikes lie behind the coast. | aquaculture pond, levee, coast |
Bare soil and sparse shrubs surround a quarry. | bare land, bush, quarry |
A power line with tall pylons crosses the fields. | power line, transmission tower, field |
The village church stands next to a cemetery. | church, cemetery |
Wind turbines form a line along the ridge. | wind turbine, ridge |
Offshore platforms and a tanker are seen in open water. | offshore platform, oil tanker, water body |
A toll plaza sits on the motorway west of the interchange. | toll station, highway, interchange |
Some vessels leave long wakes. | ship, ship wake |
A lighthouse stands at the tip of a sandy peninsula. | lighthouse, peninsula |
The urban area is crossed by a railway line and an elevated road. | city, railway, overpass |
Terraced fields climb the slope above the town. | terraced field, slope, town |
A military base with a helipad and rows of tents. | military base, helipad, tent |
Meadows and hedges separate the farms. | grassland, bush, farm |
Excavators and trucks work on a construction site. | excavator, truck, construction site |
A pedestrian bridge leads to the railway station. | footbridge, railway station |
Mudflats are exposed at the mouth of the estuary. | mudflat, estuary |
A marina full of yachts lies south of the beach. | marina, yacht, beach |
The cooling towers and chimneys of a power plant dominate the scene. | cooling tower, chimney, power plant |
An igloo shaped dome covers the sports hall. | dome, gymnasium |
Orchards and vineyards alternate with small woods. | orchard, vineyard, forest |
Ice floes drift along the glacier front. | ice, glacier |
Snow covers the peaks in the north. | snow, peak |
Trains wait in a marshalling yard. | train, railway yard |
A corner reflector appears as a point target in the meadow. | corner reflector, grassland |
Silos and barns belong to the ranch. | silo, shed, farm |
The palace is enclosed by a moat and a wall. | castle, wall | moat
Beehives stand along the hedge. | bush | beehive
A scarecrow was set up in the paddy field. | rice field | scarecrow
Stacked logs lie beside the sawmill. | | log, sawmill
A zeppelin floats over the stadium. | stadium | zeppelin
Rafts with mussels are moored in the bay. | bay | raft, mussel
A skate park with ramps lies by the river. | ramp, river | skate park
The observatory has two domes. | dome | observatory
An aqueduct crosses the gorge. | valley | aqueduct
Bollards line the quay. | quay | bollard
The ruins of an amphitheatre are visible. | | ruin, amphitheatre
A floating crane lifts a caisson. | crane | caisson
Hay bales are scattered over the pasture. | grassland | hay bale
How many vessels are anchored near the port? | ship, harbor |
Is there a bridge across the canal? | bridge, canal |
What shape is the swimming pool? | swimming pool |
Where are most of the storage tanks located? | storage tank |
What is the object in the area [12.0, 40.0, 33.5, 20.0]? | |
What type of area surrounds the lake? | lake |
Which side of the runway has more aircraft? | runway, aircraft |
Are there any cars on the road? | car, road |
What direction does the river flow? | river |
How are the houses arranged along the street? | house, street |
The image is dominated by strong backscatter from a dense cluster of buildings. | building |
Speckle and layover make the left part of the scene hard to read. | | layover
Dark linear features in the lower right corner are roads or paths. | road, path |
The texture is uniform, with low intensity over the whole area. | |
No vehicles, no buildings, only sand dunes. | car, building, dune |
A square building with an inner courtyard and a flat roof. | building, courtyard, roof |
Cars park along both sides of the street. | car, street |
Waves break on the rocky shore. | wave, coast |
Planes, trains and automobiles. | aircraft, train, car |
Industrial and residential areas meet at the railway. | industrial area, residential area, railway |
"""
