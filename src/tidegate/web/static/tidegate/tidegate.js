// What pages do better with JavaScript: boxes over the page, menus that close, a tree that remembers, upload progress.
// Nothing depends on it: every box is a page, every menu a <details>.
"use strict";

const box = document.getElementById("box");
const announcement = document.getElementById("announcement");

let opener = null; // what the box was opened with, to give the focus back to
let dropped = null; // the files that were dropped on the page while the box with the form is fetched

document.addEventListener("htmx:beforeRequest", (event) => {
  const { elt, target } = event.detail;
  if (target === box && !box.contains(elt)) opener = elt;
});

document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target === box) {
    if (!box.open) box.showModal();
    box.querySelector("[aria-invalid=true], select, input:not([type=hidden])")?.focus();
    if (dropped) attach(dropped);
    dropped = null;
  }
});

box.addEventListener("close", () => {
  box.replaceChildren();
  // The link may be in a menu that has closed meanwhile: then the menu itself.
  const menu = opener?.closest("details.menu:not([open]), details.person:not([open])");
  (menu?.querySelector("summary") ?? opener)?.focus();
});

document.addEventListener("htmx:beforeSwap", (event) => {
  // Somebody signed out elsewhere: the answer is the sign-in page, which belongs into no table and no box.
  const { xhr, pathInfo } = event.detail;
  if (new URL(xhr.responseURL).pathname === pathInfo.requestPath.split("?")[0]) return;
  event.detail.shouldSwap = false;
  // What was chosen in a form is in the address to which signing in leads.
  if (event.detail.requestConfig.verb === "post") location.assign(xhr.responseURL);
  else location.reload();
});

// An answer to a form that was changed meanwhile would take the change back: the next answer has it.
const inText = (fields) => new URLSearchParams(fields).toString();

document.addEventListener("htmx:beforeSwap", (event) => {
  const { elt, formData } = event.detail.requestConfig;
  if (elt.matches("form[data-live]") && inText(formData) !== inText(new FormData(elt))) event.detail.shouldSwap = false;
});

document.addEventListener("htmx:responseError", (event) => {
  // A box that the server declines is shown as the page that says why.
  if (event.detail.target === box) location.assign(event.detail.pathInfo.requestPath);
});

document.addEventListener("htmx:sendError", () => {
  announce("The server cannot be reached. Check the connection, then press Refresh.");
});

function announce(sentence) {
  announcement.classList.remove("visually-hidden");
  announcement.textContent = sentence;
}

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

// A file that is dropped on a page where one can be sent goes into the form of the Upload File box.
const takesFiles = () => document.querySelector("form input[type=file]") ?? document.querySelector("[data-takes-files]");
const hasFiles = (event) => event.dataTransfer?.types.includes("Files");

document.addEventListener("dragover", (event) => {
  if (!hasFiles(event) || !takesFiles()) return;
  event.preventDefault();
  document.body.classList.add("takes-drop");
});

document.addEventListener("dragleave", (event) => {
  if (!event.relatedTarget) document.body.classList.remove("takes-drop");
});

document.addEventListener("drop", (event) => {
  document.body.classList.remove("takes-drop");
  const place = takesFiles();
  if (!hasFiles(event) || !place) return;
  event.preventDefault();
  const { files } = event.dataTransfer;
  if (files.length !== 1) {
    announce("Drop one file at a time.");
  } else if (place.matches("input")) {
    attach(files);
  } else {
    dropped = files;
    htmx.ajax("GET", place.getAttribute("href"), { source: place, target: "#box" });
  }
});

function attach(files) {
  const input = takesFiles();
  if (!input?.matches("input")) return;
  input.files = files;
  input.dispatchEvent(new Event("change", { bubbles: true }));
  const form = input.form;
  for (const part of form.querySelectorAll("details")) part.open = true;
  (form.querySelector("select:invalid") ?? form.querySelector("button[type=submit]")).focus();
}

document.addEventListener("change", (event) => {
  const input = event.target;
  if (!input.matches("input[data-max-bytes]")) return;
  const most = Number(input.dataset.maxBytes);
  const isTooLarge = input.files[0]?.size > most;
  const megabytes = (count) => Math.ceil(count / 1e6).toLocaleString("en-US");
  input.setCustomValidity(
    isTooLarge ? `This file has ${megabytes(input.files[0].size)} MB; at most ${megabytes(most)} MB are taken` : "",
  );
  if (isTooLarge) input.reportValidity();
});

document.addEventListener("keydown", (event) => {
  // In a field that looks for entries of a list, Enter and the arrow lead into the list.
  const list = document.getElementById(event.target.dataset?.list ?? "");
  if (!list || !["Enter", "ArrowDown"].includes(event.key)) return;
  event.preventDefault();
  list.focus();
});
