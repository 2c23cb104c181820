import assert from "node:assert/strict";
import test from "node:test";

import { Keymap } from "../../static/js/review/keymap.js";
import { capOf, KEYS, keymap, keyOf } from "../../static/js/review/keys.js";

const pressed = (key, code, changes = {}) => keyOf({ key, code, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, repeat: false, isComposing: false, ...changes });

test("no key means two things", () => {
  const all = KEYS.flatMap((key) => key.keys);
  assert.equal(new Set(all).size, all.length);
});

test("letters follow the layout, or their place where the layout has none", () => {
  assert.equal(pressed("a", "KeyQ").id, "accept");
  assert.equal(pressed("A", "KeyQ").id, "accept", "with the capitals locked");
  assert.equal(pressed("A", "KeyQ", { shiftKey: true }).id, "accept_all");
  assert.equal(pressed("X", "KeyX", { shiftKey: true }), null);
  assert.equal(pressed("ф", "KeyA").id, "accept");
  assert.equal(pressed("ث", "KeyE").id, "revise");
});

test("an input method that composes holds no letter back, nor a digit", () => {
  const composing = { isComposing: true, keyCode: 229 };
  assert.equal(pressed("Process", "KeyA", composing).id, "accept");
  assert.equal(pressed("Process", "KeyX", { keyCode: 229 }).id, "reject");
  assert.equal(pressed("Process", "Digit5", composing).id, "flag_not_visible_in_sar");
  assert.equal(pressed("Enter", "Enter", composing), null, "Enter takes the proposal of the input method");
  assert.equal(pressed("Process", "Enter", composing), null);
});

test("digits go by their place on the keyboard, but for those with AltGr", () => {
  assert.deepEqual(pressed("&", "Digit1"), { id: "flag_colour", name: "1" });
  assert.deepEqual(pressed("8", "Numpad8"), { id: "flag_other", name: "8" });
  assert.equal(pressed("!", "Digit1", { shiftKey: true }), null);
  assert.equal(pressed("[", "Digit8", { ctrlKey: true, altKey: true, getModifierState: (name) => name === "AltGraph" }).id, "darker");
  assert.equal(pressed("Dead", "BracketLeft").id, "darker");
});

test("the browser's own combinations are left alone, and a held key judges once", () => {
  assert.equal(pressed("a", "KeyA", { ctrlKey: true }), null);
  assert.equal(pressed("z", "KeyZ", { metaKey: true }), null);
  assert.equal(pressed("a", "KeyA", { repeat: true }), null);
  assert.equal(pressed("j", "KeyJ", { repeat: true }).id, "next");
});

test("a key is chosen anew, and refused where it does something else", () => {
  assert.equal(keymap.choose("accept", "X").id, "reject");
  assert.equal(keymap.choose("accept", "Q"), null);
  assert.equal(pressed("a", "KeyA"), null);
  assert.equal(pressed("q", "KeyQ").id, "accept");
  assert.equal(capOf("accept"), "Q");
  assert.equal(keymap.choose("next", "Shift+J"), null);
  assert.deepEqual(keymap.keysOf("next"), ["Shift+J", "ArrowDown"]);
  assert.equal(keymap.choose("reject", "A"), null);
  assert.equal(keymap.reset("accept").id, "reject", "whose key it was has another action now");
  assert.equal(keymap.reset(), null);
  assert.deepEqual(keymap.chosen, {});
  assert.equal(pressed("a", "KeyA").id, "accept");
});

test("what is stored amiss spoils no key", () => {
  const map = new Keymap(KEYS);
  for (const stored of [null, "A", { gone: ["A"] }, { accept: "B" }, { accept: [1] }]) {
    map.load(stored);
    assert.equal(map.actionOf("A").id, "accept");
  }
  map.load({ undo: ["A"] });
  assert.equal(map.actionOf("A").id, "undo");
  assert.deepEqual(map.keysOf("accept"), []);
});
