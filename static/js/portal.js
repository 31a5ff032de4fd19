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
  if (box) warnBeforeTheEnd(box);
});

function warnBeforeTheEnd(box) {
  const warning = 120000;
  const idle = Number(box.dataset.idle) * 1000;
  const total = box.dataset.ends ? Number(box.dataset.ends) * 1000 : Infinity;
  const button = box.querySelector("button");
  let timer;
  let before = null;
  // Every answered request starts the idle time anew; nothing moves the end of the whole session.
  const restart = () => {
    clearTimeout(timer);
    hide();
    timer = setTimeout(show, Math.max(0, Math.min(idle, total - Date.now()) - warning));
  };
  const show = () => {
    before = document.activeElement;
    button.hidden = total - Date.now() <= warning;
    box.hidden = false;
    (button.hidden ? box : button).focus();
  };
  const hide = () => {
    if (box.hidden) return;
    box.hidden = true;
    if (before) before.focus();
  };
  button.addEventListener("click", async () => {
    const answer = await fetch(button.dataset.stay, { credentials: "same-origin" });
    if (answer.ok && !answer.redirected) restart();
    else location.reload();
  });
  box.addEventListener("keydown", (event) => { if (event.key === "Escape") hide(); });
  document.body.addEventListener("htmx:afterRequest", (event) => { if (event.detail.successful) restart(); });
  restart();
}
