// What the adjudication page gets and sends.

import type { Field, Finding, FlagSpan, Viewed } from "../review/contract";

/** What one or more reviews say alike; who they are is not told. */
export interface Side {
  letter: string;
  reviews: number;
  verdict: "accept" | "revise" | "reject" | "unsure";
  text: string | null;
  answer: string | null;
  flags: string[];
  spans: FlagSpan[];
  support: Support;
  /** One list a review that counted, each [x, y] in pixels of the scene. */
  tallies: [number, number][][];
  notes: string[];
  may_be_taken: boolean;
}

export type Support = "sar" | "sar_with_optical";
export type Choice = "side" | "written" | "as_drafted" | "reject";

export interface DifferingDraft {
  draft_id: number;
  position: number;
  kind: "concise_caption" | "complex_caption" | "question";
  question_type: string | null;
  title: string;
  text: string;
  answer: string | null;
  drafter: string;
  box_numbers: number[];
  findings: Finding[];
  reason: "unsure" | "verdicts_differ" | "texts_differ" | "scene_differs";
  sides: Side[];
  support: Support;
  notes: string[];
  seen: string;
}

export interface SceneSide {
  letter: string;
  reviews: number;
  verdict: "usable" | "unusable";
  reason: string | null;
}

export interface AdjudicationView extends Viewed {
  packet_id: number;
  scene_sides: SceneSide[];
  drafts: DifferingDraft[];
  notes: string[];
  decided: { draft_id: number; text: string }[];
  may_decide: boolean;
  next_address: string;
  list_address: string;
  keys: Record<string, string[]>;
}

export interface CommentBack {
  to: string;
  text: string;
}

/** A decision in the making. */
export interface Making {
  choice: Choice | null;
  side: string | null;
  text: string;
  answer: string | null;
  flags: string[];
  /** Null: the weakest that any side found. */
  support: Support | null;
  note: string;
  comment: CommentBack;
}

export interface DecisionBody {
  draft_id: number;
  choice: Choice;
  side: string | null;
  text: string | null;
  answer: string | null;
  support: Support | null;
  flags: string[];
  note: string | null;
  comments: CommentBack[];
  seen: string;
}

export interface Decisions {
  submission_id: string;
  packet_id: number;
  scene?: { verdict: "unusable"; reason: string; note: string | null; comments: CommentBack[] };
  decisions: DecisionBody[];
}

export interface Acknowledged {
  submission_id: string;
  packet_id: number;
  decided: { draft_id: number; outcome: "verified" | "rejected"; text: string | null; answer: string | null }[];
  verified: number;
  rejected: number;
}

/** What this browser keeps of a packet until the server has it. */
export interface Kept {
  isUsable: boolean;
  makings: Record<string, Making>;
  waiting: Decisions[];
}

export type { Field, Finding, FlagSpan };
