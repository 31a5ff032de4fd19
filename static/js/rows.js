// Add a row to a list in place; without script the same button asks the server for it.
"use strict";
document.addEventListener("DOMContentLoaded", () => {
  for (const list of document.querySelectorAll("[data-entries]")) {
    const name = list.dataset.entries;
    const button = document.getElementById(`more-${name}`);
    if (!button) continue;
    button.addEventListener("click", (event) => {
      event.preventDefault();
      const number = list.children.length;
      const row = list.lastElementChild.cloneNode(true);
      const renumber = (text) => text.replace(new RegExp(`(${name})\\.\\d+\\.`), `$1.${number}.`);
      for (const element of row.querySelectorAll("*")) {
        for (const attribute of ["name", "id", "for", "aria-describedby"]) {
          if (element.hasAttribute(attribute)) element.setAttribute(attribute, renumber(element.getAttribute(attribute)));
        }
        if (element.matches("input, select")) { element.value = ""; element.removeAttribute("value"); element.removeAttribute("aria-invalid"); }
        element.classList.remove("usa-form-group--error");
      }
      for (const error of row.querySelectorAll(".error-list, .errorlist")) error.remove();
      const legend = row.querySelector("legend");
      legend.textContent = legend.textContent.replace(/\d+/, String(number + 1));
      list.append(row);
      row.querySelector("input, select").focus();
    });
  }
});
