// The libraries that pages load as classic scripts before our modules: only what we use of them.

import type OlMap from "ol/Map";
import type OlView from "ol/View";
import type OlFeature from "ol/Feature";
import type OlProjection from "ol/proj/Projection";
import type OlWebGLTile from "ol/layer/WebGLTile";
import type OlVectorLayer from "ol/layer/Vector";
import type OlGeoTIFF from "ol/source/GeoTIFF";
import type OlVectorSource from "ol/source/Vector";
import type OlPolygon from "ol/geom/Polygon";
import type OlPoint from "ol/geom/Point";
import type OlStyle from "ol/style/Style";
import type OlStroke from "ol/style/Stroke";
import type OlFill from "ol/style/Fill";
import type OlText from "ol/style/Text";
import type OlCircle from "ol/style/Circle";
import type OlRegularShape from "ol/style/RegularShape";
import type OlLineString from "ol/geom/LineString";
import type OlDoubleClickZoom from "ol/interaction/DoubleClickZoom";
import type OlTileGrid from "ol/tilegrid/TileGrid";
import type { defaults as olInteractions } from "ol/interaction/defaults";
import type * as geotiff from "geotiff";
import type { Chart as ChartJs } from "chart.js";

declare global {
  const ol: {
    Map: typeof OlMap;
    View: typeof OlView;
    Feature: typeof OlFeature;
    proj: { Projection: typeof OlProjection };
    layer: { WebGLTile: typeof OlWebGLTile; Vector: typeof OlVectorLayer };
    source: { GeoTIFF: typeof OlGeoTIFF; Vector: typeof OlVectorSource };
    geom: { Polygon: typeof OlPolygon; Point: typeof OlPoint; LineString: typeof OlLineString };
    style: { Style: typeof OlStyle; Stroke: typeof OlStroke; Fill: typeof OlFill; Text: typeof OlText; Circle: typeof OlCircle; RegularShape: typeof OlRegularShape };
    tilegrid: { TileGrid: typeof OlTileGrid };
    interaction: { defaults: { defaults: typeof olInteractions }; DoubleClickZoom: typeof OlDoubleClickZoom };
  };
  const GeoTIFF: typeof geotiff;
  const Chart: typeof ChartJs;
}
