// What pages do better with JavaScript: boxes over the page, menus that close, a tree that remembers, upload progress.
// Nothing depends on it: every box is a page, every menu a <details>.
"use strict";

const box = document.getElementById("box");
const announcement = document.getElementById("announcement");

document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target === box) {
    if (!box.open) box.showModal();
    box.querySelector("[aria-invalid=true], select, input:not([type=hidden])")?.focus();
  }
});

document.addEventListener("htmx:beforeSwap", (event) => {
  // Somebody signed out elsewhere: the answer is the sign-in page, which belongs into no table and no box.
  const { xhr, pathInfo } = event.detail;
  if (new URL(xhr.responseURL).pathname === pathInfo.requestPath.split("?")[0]) return;
  event.detail.shouldSwap = false;
  location.reload();
});

document.addEventListener("htmx:responseError", (event) => {
  // A box that the server declines is shown as the page that says why.
  if (event.detail.target === box) location.assign(event.detail.pathInfo.requestPath);
});

document.addEventListener("htmx:sendError", () => {
  announcement.classList.remove("visually-hidden");
  announcement.textContent = "The server cannot be reached. Check the connection, then press Refresh.";
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-close]") && box.open) {
    event.preventDefault();
    box.close();
  }
  for (const menu of document.querySelectorAll("details.menu[open], details.person[open]")) {
    if (!menu.contains(event.target) || event.target.closest("a")) menu.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = document.activeElement?.closest("details.menu[open], details.person[open]");
  if (menu) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

for (const branch of document.querySelectorAll("details[data-remember]")) {
  const key = `tree:${branch.dataset.remember}`;
  if (sessionStorage.getItem(key) === "open") branch.open = true;
  branch.addEventListener("toggle", () => sessionStorage.setItem(key, branch.open ? "open" : "closed"));
}

document.addEventListener("htmx:xhr:progress", (event) => {
  const progress = event.target.querySelector("progress");
  if (!progress || !event.detail.lengthComputable) return;
  progress.closest("[hidden]")?.removeAttribute("hidden");
  progress.max = event.detail.total;
  progress.value = event.detail.loaded;
});
