// Small helps that pages work without: focus on the error summary, and a warning before the session ends.
"use strict";
document.addEventListener("DOMContentLoaded", () => {
  const summary = document.getElementById("error-summary");
  if (summary) summary.focus();
  document.body.addEventListener("htmx:configRequest", (event) => {
    const token = document.querySelector("[name=csrfmiddlewaretoken]");
    if (token) event.detail.headers["X-CSRFToken"] = token.value;
  });
  const box = document.getElementById("session-end");
  if (!box) return;
  const idle = Number(box.dataset.idle) * 1000;
  let timer = setTimeout(show, idle - 120000);
  function show() { box.hidden = false; box.querySelector("button").focus(); }
  box.querySelector("button").addEventListener("click", async (event) => {
    const answer = await fetch(event.target.dataset.stay, { credentials: "same-origin" });
    if (answer.ok && !answer.redirected) { box.hidden = true; clearTimeout(timer); timer = setTimeout(show, idle - 120000); }
    else location.reload();
  });
});
