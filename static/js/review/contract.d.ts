// What the review API sends and takes, as the page uses it.

export interface Assignment {
  id: string;
  packet_id: number;
  slot: number;
  claimed_at: string;
  expires_at: string;
  server_time: string;
}

export type Unit = "sigma0_db" | "gamma0_db" | "relative_db" | "dn";

export interface Ground {
  crs: string;
  affine: number[];
  lonlat_corners: [number, number][];
}

/** A SAR image of the scene: stored value × scale is in the unit. */
export interface Shown {
  polarisation: string | null;
  sar: string;
  unit: Unit;
  scale: number;
  nodata: number | null;
  limits: [number, number];
  histogram: Histogram;
}

export interface Scene {
  name: string;
  rows: number;
  cols: number;
  unit: Unit;
  polarisation: string | null;
  place: string | null;
  sensor: string | null;
  optical_sensor: string | null;
  band: string | null;
  pixel_spacing_m: [number, number] | null;
  geometry: "ground" | "slant" | "unknown";
  look_azimuth_deg: number | null;
  incidence_deg: number | null;
  sar_acquired_at: string | null;
  optical_acquired_at: string | null;
  labelled: string[];
  split: string;
  assets: { sar: string; processed: string; optical: string | null };
  has_processed: boolean;
  scale: number;
  nodata: number | null;
  limits: [number, number];
  histogram: Histogram;
  ground: Ground | null;
  optical_note: string | null;
  pair_state: "none" | "registered" | "shifted" | "misregistered" | "unknown";
  /** What to know before the optical image is trusted; null where it fits, or there is none. */
  pair_notice: string | null;
  /** [row, col] by which the optical image is drawn moved. */
  optical_offset_px: [number, number];
  /** [row, col] by which it would be had no reviewer moved it. */
  decided_offset_px: [number, number];
  /** The other polarisations. */
  polarisations: Shown[];
}

export interface Histogram {
  low: number;
  high: number;
  counts: number[];
  /** Values by percent, exact; missing of scenes that were imported before they were kept. */
  percentiles?: Record<string, number>;
}

export interface Box {
  number: number;
  id: string;
  category: string;
  x_min: number;
  y_min: number;
  width: number;
  height: number;
  /** Whether a part of the object lies outside the scene. */
  is_cut: boolean;
}

export type Field = "text" | "question" | "answer";

export interface Finding {
  rule: string;
  family: string;
  severity: string;
  field: Field;
  start: number;
  end: number;
  message: string;
  suggestion: string | null;
}

export interface Draft {
  draft_id: number;
  position: number;
  kind: "concise_caption" | "complex_caption" | "question";
  question_type: string | null;
  title: string;
  text: string;
  answer: string | null;
  drafter: string;
  box_numbers: number[];
  /** Until this reviewer's first verdict on it; then there are none here. */
  hides_findings: boolean;
  findings: Finding[];
}

/** What was said of a draft before its findings were shown. */
export interface FirstVerdict {
  draft_id: number;
  verdict: VerdictWord;
  flags: string[];
}

/** What is said of a draft from the SAR image alone. */
export interface SarVerdict {
  draft_id: number;
  verdict: VerdictWord;
  revised_text: string | null;
  revised_answer: string | null;
  flags: string[];
}

export interface DraftFindings {
  draft_id: number;
  findings: Finding[];
}

export type VerdictWord = "accept" | "revise" | "reject" | "unsure";

export interface FlagSpan {
  flag: string;
  field: Field;
  start: number;
  end: number;
}

export interface Looked {
  ms: number;
  limits: [number, number];
  zoom: number;
  panel: string;
  /** What was in sight: x_min, y_min, width, height in pixels of the scene. */
  window?: [number, number, number, number];
  /** Whether all images of the scene were really drawn. */
  both_loaded?: boolean;
}

export interface Verdict {
  verdict: VerdictWord;
  revised_text: string | null;
  revised_answer: string | null;
  flags: string[];
  spans: FlagSpan[];
  support: "sar" | "sar_with_optical";
  /** How it came about; "single" where it is not said. */
  origin?: "single" | "accept_all" | "fix" | "tally" | "box_set";
  /** What was counted: places in pixels of the scene. */
  marks?: [number, number][];
  view: Looked;
}

/** A verdict in the making: none yet, or a revision that is not confirmed. */
export interface Opinion extends Omit<Verdict, "verdict"> {
  verdict: VerdictWord | null;
  pending: boolean;
}

export interface SceneVerdict {
  verdict: "usable" | "unusable";
  reason: string | null;
}

export interface ProgressBody {
  /** Which page wrote it: its own earlier save, of which the answer was lost, is no conflict. */
  writer?: string;
  focus: number | null;
  scene: SceneVerdict;
  verdicts: Record<string, Opinion>;
  /** By draft, where findings are hidden: the verdict as it was first given. */
  firsts?: Record<string, FirstVerdict>;
  /** Drafts whose findings were looked at after the first verdict. */
  seen?: number[];
  /** Where boxes come first. */
  boxes?: BoxSet;
}

/** How a person likes to look at a dataset's scenes; what is left out is as it is at first. */
export interface ViewerSettings {
  mode?: "pair" | "swipe" | "blink" | "sar";
  palette?: "grey" | "viridis" | "magma" | "cividis";
  share?: "0-100" | "0.5-99.5" | "1-99" | "2-98" | "5-95";
  fixed?: { low: number; high: number; unit: Unit };
  brightness?: number;
  is_inverted?: boolean;
  is_smooth?: boolean;
  is_processed?: boolean;
  are_boxes_shown?: boolean;
}

/** What the viewer shows: of a packet, or of a scene on a page of its own. */
export interface Viewed {
  dataset: { name: string };
  scene: Scene;
  boxes: Box[];
  viewer_settings: ViewerSettings | null;
  assignment?: Assignment;
  optical_hidden?: boolean;
}

export interface PacketView extends Viewed {
  assignment: Assignment;
  dataset: { name: string; reviewed: number; wanted: number };
  scene: Scene;
  boxes: Box[];
  drafts: Draft[];
  /** Whether in this packet findings are shown only after a first verdict. */
  hides_findings: boolean;
  /** Whether the optical image is shown only after verdicts from the SAR image alone; then its address is not here. */
  optical_hidden: boolean;
  progress: { version: number; body: ProgressBody } | null;
  /** Where the scene's boxes are judged before the texts that follow from them: how far the reader is. */
  judging: BoxJudging | null;
}

export type BoxVerdictWord = "right" | "wrong_class" | "spurious" | "missing";

/** What is said of a box. Of a missing one its place too: x_min, y_min, width, height in pixels of the scene. */
export interface BoxSaid {
  verdict: BoxVerdictWord;
  category?: string;
  box?: [number, number, number, number];
}

/** What judged boxes give for a text. */
export interface TextOutcome {
  draft_id: number;
  outcome: "same" | "changed" | "gone";
  answer: string | null;
  /** Whether it is to be read by itself all the same. */
  is_sampled: boolean;
  flag: string;
}

export interface BoxReview {
  box_review_id: number;
  revision: number;
  texts: TextOutcome[];
}

export interface BoxJudging {
  revision: number;
  verdicts: { number: number; verdict: BoxVerdictWord; category: string | null; box: [number, number, number, number] | null }[];
  /** Whether the set is confirmed for this packet, so that `texts` hold. */
  is_judged: boolean;
  texts: TextOutcome[];
  categories: string[];
}

/** The boxes as they are judged on the page. */
export interface BoxSet {
  /** By number; what is not here is right. */
  said: Record<string, BoxSaid>;
  focus: number;
  /** Of the set that the server has. */
  revision?: number;
  /** Of the set that is confirmed and waits for the server's answer. */
  submission_id?: string;
  view?: Looked;
  /** What follows, once it is confirmed. */
  texts: TextOutcome[] | null;
  /** Whether the texts that follow are shown one by one. */
  is_unfolded?: boolean;
}

export interface Claim {
  packet: PacketView | null;
  reason: string | null;
}

export interface Submission {
  submission_id: string;
  assignment_id: string;
  packet_id: number;
  scene: SceneVerdict;
  verdicts: (Verdict & { draft_id: number })[];
}

export interface Acknowledgement {
  review_id: number;
  revision: number;
  counted_as: "slot" | "extra";
  message: string;
  resolved: number;
  disagreements: number;
  next: PacketView | null;
}
