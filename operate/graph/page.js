"use strict";
// Helps on the page of a stack: a search, and what waits for what while the pointer or the keyboard is on a line.
(() => {
  const rows = [...document.querySelectorAll(".resource")];
  const sections = [...document.querySelectorAll(".layer > details")];
  const box = document.getElementById("search");
  const field = box.querySelector("input");
  const button = box.querySelector("button");
  const found = box.querySelector("output");
  const told = document.getElementById("told");
  const before = new Map(rows.map((row) => [row.id, row.dataset.waits.split(" ").filter(Boolean)]));
  const after = new Map(rows.map((row) => [row.id, []]));
  before.forEach((ids, id) => ids.forEach((each) => after.get(each).push(id)));
  const byId = new Map(rows.map((row) => [row.id, row]));
  const opened = sections.map((section) => section.open);
  const name = (id) => byId.get(id).querySelector(".title b").textContent;

  function search() {
    const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
    let hits = 0;
    for (const row of rows) {
      const text = row.querySelector(".title").textContent.toLowerCase();
      const hit = words.every((word) => text.includes(word));
      row.classList.toggle("elsewhere", !hit);
      hits += hit;
    }
    document.querySelectorAll(".component").forEach((each) => each.classList.toggle("elsewhere", words.length > 0));
    sections.forEach((section, place) => {
      const any = section.querySelector(".resource:not(.elsewhere)") !== null;
      section.parentElement.classList.toggle("elsewhere", words.length > 0 && !any);
      section.open = words.length ? any : opened[place];
    });
    found.textContent = words.length ? `${hits} of ${rows.length}` : "";
  }

  function reached(start, next) {
    const seen = new Set();
    const todo = [start];
    while (todo.length) {
      for (const id of next.get(todo.pop())) {
        if (!seen.has(id)) {
          seen.add(id);
          todo.push(id);
        }
      }
    }
    return seen;
  }

  function sentence(sign, near, all) {
    if (!near.length) return "nothing";
    const few = near.slice(0, 6).map(name).join(", ");
    const others = all.size - Math.min(near.length, 6);
    return `${sign} ${few}${others ? ` and ${others} more` : ""}`;
  }

  let shown = null;
  function show(row) {
    if (row === shown) return;
    shown = row;
    document.querySelectorAll(".is-before, .is-after, .is-chosen").forEach((each) => each.classList.remove("is-before", "is-after", "is-chosen"));
    told.hidden = row === null;
    if (row === null) return;
    row.classList.add("is-chosen");
    const earlier = reached(row.id, before);
    const later = reached(row.id, after);
    earlier.forEach((id) => byId.get(id).classList.add("is-before"));
    later.forEach((id) => byId.get(id).classList.add("is-after"));
    told.textContent = `${name(row.id)} waits for ${sentence("\u2190", before.get(row.id), earlier)}; it is waited for by ${sentence("\u2192", after.get(row.id), later)}.`;
  }

  const resources = document.getElementById("resources");
  const at = (event) => event.target.closest?.(".resource > summary")?.parentElement ?? null;
  resources.addEventListener("pointerover", (event) => show(at(event)));
  resources.addEventListener("pointerleave", () => show(null));
  resources.addEventListener("focusin", (event) => show(at(event)));

  function follow() {
    const row = byId.get(decodeURIComponent(location.hash.slice(1)));
    const section = document.querySelector(`${/^#layer-[a-z-]+$/.test(location.hash) ? location.hash : "#none"} > details`);
    if (section) section.open = true;
    if (!row) return;
    if (row.classList.contains("elsewhere")) {
      field.value = "";
      search();
    }
    row.closest(".layer > details").open = true;
    row.open = true;
    row.scrollIntoView({ block: "center" });
  }

  function label() {
    button.textContent = sections.some((section) => !section.open) ? "open all layers" : "close all layers";
  }

  button.addEventListener("click", () => {
    const open = sections.some((section) => !section.open);
    sections.forEach((section, place) => {
      section.open = opened[place] = open;
    });
    label();
  });
  field.addEventListener("input", search);
  field.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      field.value = "";
      search();
    }
  });
  window.addEventListener("hashchange", follow);
  box.hidden = false;
  label();
  follow();
})();
