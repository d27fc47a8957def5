"use strict";
// The search of a report. Everything else on the page works without it.
const form = document.querySelector("form.look");
const field = form.querySelector("input[type=search]");
const told = form.querySelector("output");
const items = Array.from(document.querySelectorAll(".item"), (item) => ({ item, text: "" }));

function search() {
  const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
  let found = 0;
  for (const each of items) {
    each.text ||= each.item.textContent.toLowerCase();
    const fits = words.every((word) => each.text.includes(word));
    each.item.classList.toggle("unfound", !fits);
    found += fits;
  }
  told.value = words.length ? `${found} of ${items.length} requirements and results hold these words` : "";
}

field.addEventListener("input", search);
form.addEventListener("reset", () => setTimeout(search));
field.parentElement.hidden = false;
