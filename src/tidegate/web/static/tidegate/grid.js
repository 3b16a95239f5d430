// The rows to correct, with JavaScript: keys as in a spreadsheet, paste of a block, undo, checks without leaving the page.
// Without it the same page is a form. What is typed stays in the page until the server has taken it.
"use strict";

(() => {
  const CELL = "table.grid td > input, table.grid td > textarea";
  const done = []; // steps that Undo takes back: lists of {id, before, after}
  const undone = [];
  let editing = null; // the cell that is being changed, and what it said before
  let isDirty = false;

  const form = () => document.getElementById("grid");
  const cells = () => [...form().querySelectorAll(CELL)];
  const say = (text) => {
    document.getElementById("announcement").textContent = text;
  };

  // Cells, rows and columns

  const ROW = "table.grid tbody tr[data-row]"; // below it there may be a row about it
  const rowOf = (cell) => cell.closest("tr");
  const cellsOf = (row) => [...row.querySelectorAll(":scope > td > input, :scope > td > textarea")];
  const positionOf = (cell) => cellsOf(rowOf(cell)).indexOf(cell);
  const cellAt = (row, position) => document.getElementById(`c-${row}-${position}`);

  function near(cell, down, right) {
    const rows = [...form().querySelectorAll(ROW)];
    const row = rows[rows.indexOf(rowOf(cell)) + down];
    return row && cellsOf(row)[positionOf(cell) + right];
  }

  function go(cell) {
    if (!cell) return;
    cell.focus();
    cell.select();
    cell.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  function mark(cell) {
    cell.closest("td").classList.toggle("changed", cell.value !== cell.dataset.sent);
    rowOf(cell).classList.remove("right");
    rowOf(cell).querySelector(".state.good")?.remove();
  }

  // Changes: every one is a step that can be taken back

  function put(changes) {
    const step = changes.filter(({ cell, value }) => cell && cell.value !== value);
    if (step.length === 0) return 0;
    done.push(step.map(({ cell, value }) => ({ id: cell.id, before: cell.value, after: value })));
    undone.length = 0;
    for (const { cell, value } of step) write(cell, value);
    showSteps();
    return step.length;
  }

  function write(cell, value) {
    cell.value = value;
    mark(cell);
    isDirty = true;
    form().elements.checked.value = "";
  }

  function begin(cell) {
    if (editing?.cell !== cell) editing = { cell, before: cell.value };
  }

  function finish() {
    if (!editing) return;
    const { cell, before } = editing;
    editing = null;
    cell.classList.remove("editing");
    if (cell.value === before) return;
    done.push([{ id: cell.id, before, after: cell.value }]);
    undone.length = 0;
    write(cell, cell.value);
    showSteps();
  }

  function step(from, to, which) {
    finish();
    const changes = from.pop();
    if (!changes) return;
    to.push(changes);
    const found = changes.map((each) => [document.getElementById(each.id), each[which]]).filter(([cell]) => cell);
    for (const [cell, value] of found) write(cell, value);
    showSteps();
    if (found.length) go(found[0][0]);
    say(`${which === "before" ? "Undone" : "Done again"}: ${found.length} ${found.length === 1 ? "cell" : "cells"}`);
  }

  function showSteps() {
    for (const [name, steps] of [["undo", done], ["redo", undone]]) {
      const button = form().querySelector(`[data-act=${name}]`);
      if (button) button.disabled = steps.length === 0;
    }
  }

  // Keys

  const MOVES = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

  function pressed(event) {
    const cell = event.target.closest(CELL);
    if (!cell || event.isComposing || event.altKey) return;
    const isEditing = cell.classList.contains("editing");
    const { key } = event;
    if (event.ctrlKey || event.metaKey) {
      const wantsUndo = key.toLowerCase() === "z";
      if (isEditing || !(wantsUndo || key.toLowerCase() === "y")) return;
      event.preventDefault();
      if (wantsUndo && !event.shiftKey) step(done, undone, "before");
      else step(undone, done, "after");
    } else if (key === "Enter") {
      event.preventDefault();
      finish();
      go(near(cell, event.shiftKey ? -1 : 1, 0) ?? cell);
    } else if (key === "F2") {
      event.preventDefault();
      begin(cell);
      cell.classList.toggle("editing");
      if (cell.classList.contains("editing")) cell.setSelectionRange(cell.value.length, cell.value.length);
      else cell.select();
    } else if (key === "Escape") {
      if (!editing) return;
      event.preventDefault();
      cell.value = editing.before;
      finish();
      cell.classList.remove("editing");
      cell.select();
    } else if (MOVES[key] && !isEditing && !event.shiftKey) {
      const there = near(cell, ...MOVES[key]);
      event.preventDefault();
      finish();
      go(there);
    }
  }

  function typed(event) {
    const cell = event.target.closest(CELL);
    if (!cell) return;
    cell.classList.add("editing");
    mark(cell);
    isDirty = true;
    form().elements.checked.value = "";
  }

  // A block from a spreadsheet: cells divided by tabs, rows by line ends, in quotes where a cell has either

  function block(text) {
    const rows = [[""]];
    let isQuoted = false;
    const whole = text.replace(/\r\n?/g, "\n").replace(/\n$/, "");
    for (let at = 0; at < whole.length; at += 1) {
      const row = rows[rows.length - 1];
      const sign = whole[at];
      if (isQuoted && sign === '"' && whole[at + 1] === '"') {
        row[row.length - 1] += '"';
        at += 1;
      } else if (sign === '"' && (isQuoted || row[row.length - 1] === "")) isQuoted = !isQuoted;
      else if (!isQuoted && sign === "\t") row.push("");
      else if (!isQuoted && sign === "\n") rows.push([""]);
      else row[row.length - 1] += sign;
    }
    return rows;
  }

  function pasted(event) {
    const cell = event.target.closest(CELL);
    const text = event.clipboardData?.getData("text/plain") ?? "";
    if (!cell || !/[\t\n]/.test(text)) return;
    event.preventDefault();
    finish();
    const changes = block(text).flatMap((row, down) =>
      row.map((value, right) => ({ cell: near(cell, down, right), value })),
    );
    const outside = changes.filter((change) => !change.cell).length;
    const count = put(changes);
    say(`${count} ${count === 1 ? "cell" : "cells"} pasted${outside ? `, ${outside} did not fit` : ""}`);
    go(cell);
  }

  // Buttons

  function clicked(event) {
    const button = event.target.closest("button");
    if (!button) return;
    const act = button.dataset.act ?? "";
    const [kind, ...rest] = button.value.split(":");
    if (act === "undo") step(done, undone, "before");
    else if (act === "redo") step(undone, done, "after");
    else if (act === "fill") {
      finish();
      const values = JSON.parse(button.dataset.cells);
      put(cellsOf(document.getElementById(button.dataset.of)).map((cell, position) => ({ cell, value: values[position] })));
    } else if (kind === "use") {
      event.preventDefault();
      finish();
      const cell = cellAt(rest[0], rest[1]);
      put([{ cell, value: rest.slice(2).join(":") }]);
      go(cell);
      say(`${cell.getAttribute("aria-label")}: ${cell.value}`);
    } else if (kind === "each") {
      event.preventDefault();
      const cause = button.closest(".for-all");
      finish();
      putAll(Object.entries(ownOf(cause)).map(([row, value]) => ({ cell: cellAt(row, cause.dataset.position), value })));
    } else if (kind === "all") {
      event.preventDefault();
      useForAll(button.closest(".for-all"), rest.length > 1 ? rest.slice(1).join(":") : null);
    }
  }

  function useForAll(cause, given) {
    finish();
    const value = given ?? cause.querySelector("input:not([type=hidden])").value.trim();
    const { position } = cause.dataset;
    putAll(rowsOf(cause).map((row) => ({ cell: cellAt(row, position), value })));
  }

  function putAll(changes) {
    const count = put(changes);
    say(`${count} ${count === 1 ? "cell" : "cells"} changed`);
  }

  const listOf = (cause) => cause.querySelector("[name^=all-of-]");
  const rowsOf = (cause) => listOf(cause).value.split(":")[1].trim().split(" ");
  const suggestionsOf = (cause) => [...cause.querySelectorAll("button.suggest[value^='all:']")];
  const valueOf = (button) => button.value.split(":").slice(2).join(":");
  const ownOf = (cause) => JSON.parse(cause.querySelector("[name^=own-of-]")?.value ?? "{}");

  // The server

  function message(token) {
    const said = { cells: {}, left_out: [] };
    for (const row of form().querySelectorAll(ROW)) {
      said.cells[row.dataset.row] = cellsOf(row).map((cell) => cell.value);
      if (row.querySelector("[name=leave]").checked) said.left_out.push(Number(row.dataset.row));
    }
    const { checked, missing } = form().elements;
    return { csrfmiddlewaretoken: token, checked: checked.value, missing: missing?.value ?? "", rows: JSON.stringify(said) };
  }

  const path = () => new URL(form().action).pathname;
  const parsed = async (answer) => new DOMParser().parseFromString(await answer.text(), "text/html");

  async function post(act) {
    const send = (token) => fetch(path(), { method: "POST", body: new URLSearchParams({ ...message(token), act }) });
    const answer = await send(form().elements.csrfmiddlewaretoken.value);
    if (answer.status !== 403) return answer;
    // Signed in again in another tab: the page has a token of the session before.
    const asked = await fetch(path());
    if (asked.redirected) return asked;
    const token = (await parsed(asked)).querySelector("#grid [name=csrfmiddlewaretoken]")?.value;
    return token ? send(token) : answer;
  }

  async function submitted(event) {
    event.preventDefault();
    finish();
    const act = event.submitter?.value === "load" ? "load" : "check";
    form().setAttribute("aria-busy", "true");
    form().inert = true;
    try {
      await take(await post(act));
    } catch {
      tell("The server cannot be reached. Check the connection, and press the button again: what you have typed is still here");
    }
    form().inert = false;
    form().removeAttribute("aria-busy");
  }

  async function take(answer) {
    const there = new URL(answer.url);
    if (answer.redirected && there.pathname !== path()) {
      if (!/^\/state-reporting-status\/\d+\/$/.test(there.pathname)) {
        tell("You have been signed out. Sign in again in another tab, and press the button again: what you have typed is still here");
        return;
      }
      isDirty = false;
      location.assign(there);
      return;
    }
    const page = await parsed(answer);
    const grid = page.getElementById("grid");
    if (grid) show(grid);
    else tell([...page.querySelectorAll("main h1, main h1 + p")].map((each) => each.textContent.trim()).join(". "));
  }

  function tell(text) {
    const verdict = document.getElementById("verdict");
    verdict.className = "notice bad";
    verdict.querySelector(".lead").textContent = text;
    for (const more of verdict.querySelectorAll("p")) more.remove();
    verdict.scrollIntoView({ block: "nearest" });
    say(text);
  }

  function show(grid) {
    const { scrollLeft } = form().querySelector(".grid-scroll") ?? { scrollLeft: 0 };
    form().replaceWith(document.adoptNode(grid));
    reveal();
    form().querySelector(".grid-scroll").scrollLeft = scrollLeft;
    say(document.querySelector("#verdict .lead").textContent);
    const wrong = form().querySelector("table.grid [aria-invalid]");
    if (wrong) go(wrong);
    else document.getElementById("verdict").focus();
    document.getElementById("verdict").scrollIntoView({ block: "nearest" });
  }

  // More rows, on the same page

  async function more(event) {
    const link = event.target.closest("#more-rows a");
    if (!link) return;
    event.preventDefault();
    const page = await parsed(await fetch(link.href));
    const rows = [...page.querySelectorAll(ROW)];
    if (rows.length === 0) return location.assign(link.href);
    const all = [...page.querySelectorAll("table.grid tbody tr")];
    form().querySelector("table.grid tbody").append(...all.map((row) => document.adoptNode(row)));
    for (const cause of page.querySelectorAll(".for-all")) join(cause);
    const next = page.getElementById("more-rows");
    document.getElementById("more-rows").replaceWith(next ? document.adoptNode(next) : "");
    form().elements.checked.value = "";
    reveal();
    say(`${rows.length} more rows`);
    go(cellsOf(rows[0])[0]);
  }

  function join(cause) {
    const same = [...form().querySelectorAll(".for-all")].find((each) => each.dataset.key === cause.dataset.key);
    if (!same) return;
    listOf(same).value += listOf(cause).value.split(":")[1];
    same.querySelector(".for-all-count").textContent = rowsOf(same).length;
    const given = new Set(suggestionsOf(cause).map(valueOf));
    for (const button of suggestionsOf(same)) if (!given.has(valueOf(button))) button.remove();
    joinOwn(same, cause);
  }

  function joinOwn(same, cause) {
    const own = { ...ownOf(same), ...ownOf(cause) };
    if (Object.keys(own).length === 0) return;
    if (!same.querySelector("[name^=own-of-]")) {
      same.querySelector(".buttons").append(...cause.querySelectorAll("[name^=own-of-], [value^='each:']"));
    }
    same.querySelector("[name^=own-of-]").value = JSON.stringify(own);
    same.querySelector(".own-count").textContent = Object.keys(own).length;
    same.querySelector("[value^='each:']").hidden = new Set(Object.values(own)).size < 2;
  }

  function reveal() {
    for (const hidden of form().querySelectorAll("[data-act][hidden], .grid-keys[hidden]")) hidden.hidden = false;
    showSteps();
  }

  document.addEventListener("keydown", (event) => {
    const isInForm = event.target instanceof Node && form()?.contains(event.target);
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && isInForm) {
      event.preventDefault();
      form().requestSubmit(form().querySelector(".grid-tools [value=check]"));
    } else if (event.key === "Enter" && event.target.closest?.(".for-all input")) {
      event.preventDefault();
      useForAll(event.target.closest(".for-all"), null);
    } else pressed(event);
  });
  document.addEventListener("beforeinput", (event) => event.target.closest(CELL) && begin(event.target));
  document.addEventListener("input", typed);
  document.addEventListener("paste", pasted);
  document.addEventListener("click", clicked);
  document.addEventListener("click", more);
  document.addEventListener("submit", (event) => event.target === form() && submitted(event));
  document.addEventListener("focusin", (event) => {
    const cell = event.target.closest(CELL);
    if (editing && editing.cell !== cell) finish();
    if (cell && !editing) cell.select();
  });
  document.addEventListener("focusout", (event) => event.target.closest(CELL) && finish());
  document.addEventListener("dblclick", (event) => event.target.closest(CELL)?.classList.add("editing"));
  document.addEventListener("change", (event) => {
    if (event.target.name !== "leave") return;
    event.target.closest("tr").classList.toggle("left-out", event.target.checked);
    isDirty = true;
    form().elements.checked.value = "";
  });
  window.addEventListener("beforeunload", (event) => isDirty && event.preventDefault());
  if (form()) reveal();
})();
