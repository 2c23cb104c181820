// @ts-check
/** The sheet of all keys. */

import { element, kbd, slot } from "../dom.js";
import { signOf } from "../review/keys.js";
import { dialog } from "../review/messages.js";
import { IMAGE_KEYS, KEYS } from "./keys.js";

/** Sides beyond the second have a digit alone and are told by it. @param {{ id: string }} key */
const isTold = ({ id }) => !/^side_[C-I]$/.test(id);

export function showSheet() {
  const known = [...KEYS.filter(isTold), { id: "flags", keys: ["Alt+1–8"], title: "Flag why", group: "Decision" }, ...IMAGE_KEYS];
  const groups = [...new Set(known.map((key) => key.group))];
  slot("sheet-keys").replaceChildren(
    ...groups.map((group) => {
      const rows = known.filter((key) => key.group === group).map((key) => element("li", {}, element("span", { class: "sheet__row" }, element("span", { class: "sheet__caps" }, ...key.keys.map((name) => kbd(signOf(name)))), element("span", { text: key.title }))));
      return element("section", {}, element("h3", { text: group }), element("ul", {}, ...rows));
    }),
  );
  dialog("sheet").showModal();
}
