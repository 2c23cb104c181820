import assert from "node:assert/strict";
import test from "node:test";

import { KEYS, keyOf } from "../../static/js/review/keys.js";

const pressed = (key, code, changes = {}) => keyOf({ key, code, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, repeat: false, isComposing: false, ...changes });

test("no key means two things", () => {
  const all = KEYS.flatMap((key) => key.keys);
  assert.equal(new Set(all).size, all.length);
});

test("letters follow the layout, or their place where the layout has none", () => {
  assert.equal(pressed("a", "KeyQ").id, "accept");
  assert.equal(pressed("ф", "KeyA").id, "accept");
  assert.equal(pressed("ث", "KeyE").id, "revise");
});

test("digits go by their place on the keyboard", () => {
  assert.deepEqual(pressed("&", "Digit1"), { id: "flag", name: "1" });
  assert.deepEqual(pressed("8", "Numpad8"), { id: "flag", name: "8" });
  assert.equal(pressed("!", "Digit1", { shiftKey: true }), null);
});

test("the browser's own combinations are left alone, and a held key judges once", () => {
  assert.equal(pressed("a", "KeyA", { ctrlKey: true }), null);
  assert.equal(pressed("z", "KeyZ", { metaKey: true }), null);
  assert.equal(pressed("a", "KeyA", { repeat: true }), null);
  assert.equal(pressed("j", "KeyJ", { repeat: true }).id, "next");
});
