/** Uploading a recording: the bare file goes to the server, and one sees how far it is. */

const SECOND = 1000; // milliseconds

export class Upload {
  /** root: form[data-upload]; without this class it is a plain form that does the same. */
  constructor(root, error) {
    this.root = root;
    this.error = error;
    this.says = (name, words = {}) => filled(root.dataset[`says${name}`], words);
    this.file = root.querySelector("input[type=file]");
    this.progress = root.querySelector("[data-upload-progress]");
    this.actions = root.querySelector("[data-upload-actions]");
    this.abort = new AbortController();
    const options = { signal: this.abort.signal };
    root.noValidate = true;
    root.addEventListener("submit", (event) => this.submitted(event), options);
    root.querySelector("[data-upload-stop]").addEventListener("click", () => this.stop(), options);
    window.addEventListener("beforeunload", (event) => this.leaving(event), options);
    this.takeDrops(root.querySelector("[data-drop]"), options);
  }

  takeDrops(zone, options) {
    zone.querySelector("[data-drop-help]").hidden = false;
    const over = (event) => {
      event.preventDefault();
      zone.dataset.over = "";
    };
    const away = () => delete zone.dataset.over;
    zone.addEventListener("dragover", over, options);
    zone.addEventListener("dragleave", away, options);
    zone.addEventListener(
      "drop",
      (event) => {
        event.preventDefault();
        away();
        if (event.dataTransfer.files.length) this.file.files = event.dataTransfer.files;
      },
      options,
    );
  }

  submitted(event) {
    event.preventDefault();
    const file = this.file.files[0];
    const problem = this.problemOf(file);
    if (problem) return this.fail(problem);
    if (this.lacksMainLanguage()) {
      this.fail(this.says("MainLanguage"));
      return this.root.elements.language.focus();
    }
    this.send(file);
  }

  /* What can be known before a byte is sent. */
  problemOf(file) {
    const limit = Number(this.root.dataset.limit);
    if (!file) return this.says("None");
    if (file.size === 0) return this.says("Empty", { name: file.name });
    if (file.size > limit) return this.says("TooLarge", { name: file.name, limit: bytes(limit) });
    return "";
  }

  /* Which languages may be spoken besides is known only beside one. */
  lacksMainLanguage() {
    const { language } = this.root.elements;
    const unknown = language.value === "" && !("known" in language.dataset);
    return unknown && this.root.querySelector("[name=other_languages]:checked") !== null;
  }

  send(file) {
    const given = new FormData(this.root);
    const wanted = new URLSearchParams({ name: file.name });
    for (const [field, value] of given) {
      if (typeof value === "string" && field !== "csrf_token") wanted.append(field, value);
    }
    const request = (this.request = new XMLHttpRequest());
    request.open("POST", `${this.root.getAttribute("action")}?${wanted}`);
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.setRequestHeader("Accept", "application/json");
    request.setRequestHeader("X-CSRFToken", given.get("csrf_token"));
    request.upload.addEventListener("progress", (event) => this.sent(event));
    request.upload.addEventListener("load", () => this.arrived());
    request.addEventListener("load", () => this.answered(request));
    request.addEventListener("error", () => this.fail(this.says("Lost", { percent: this.percent })));
    request.addEventListener("abort", () => this.fail(this.says("Stopped")));
    this.error.hidden = true;
    this.progress.hidden = false;
    this.actions.hidden = true;
    this.began = performance.now();
    this.told = 0;
    this.show(0, file.name, "");
    request.send(file);
    this.root.querySelector("[data-upload-stop]").focus();
  }

  sent({ loaded, total }) {
    const passed = (performance.now() - this.began) / SECOND;
    const left = passed > 3 ? ((total - loaded) / loaded) * passed : null;
    const of = this.says("Of", { done: bytes(loaded), total: bytes(total) });
    const note = left === null ? of : `${of} · ${this.says("Left", { time: duration(left) })}`;
    this.show((loaded / total) * 100, this.file.files[0].name, note);
    this.tell(Math.floor((loaded / total) * 10) * 10);
  }

  /* A screen reader hears every tenth, not every kilobyte. */
  tell(tenth) {
    if (tenth <= this.told) return;
    this.told = tenth;
    this.root.querySelector("[data-upload-status]").textContent = percent(tenth);
  }

  arrived() {
    this.show(100, this.says("Checking"), "");
    this.root.querySelector("[data-upload-status]").textContent = this.says("Checking");
  }

  answered(request) {
    const answer = parsed(request.responseText);
    if (request.status < 300 && answer.location) {
      this.request = null;
      location.assign(answer.location);
      return;
    }
    const sentence = answer.message ?? this.says("Refused", { status: request.status });
    this.fail(sentence, answer.link, answer.link_text);
  }

  show(value, label, note) {
    this.percent = percent(Math.floor(value));
    this.root.querySelector("[data-upload-bar]").value = value;
    this.root.querySelector("[data-upload-percent]").textContent = this.percent;
    this.root.querySelector("[data-upload-label]").textContent = label;
    this.root.querySelector("[data-upload-note]").textContent = note;
  }

  fail(sentence, link = "", linkText = "") {
    this.request = null;
    this.progress.hidden = true;
    this.actions.hidden = false;
    const line = document.createElement("p");
    line.textContent = sentence;
    if (link) {
      const anchor = document.createElement("a");
      anchor.href = link;
      anchor.textContent = linkText;
      line.append(" ", anchor);
    }
    this.error.replaceChildren(line);
    this.error.hidden = false;
    this.error.scrollIntoView({ block: "nearest" });
    this.file.focus();
  }

  stop() {
    this.request?.abort();
  }

  leaving(event) {
    if (this.request) event.preventDefault();
  }

  destroy() {
    this.stop();
    this.abort.abort();
  }
}

const page = document.documentElement.lang || "en";

function filled(text, words) {
  return text.replace(/\{(\w+)\}/g, (_, name) => words[name] ?? "");
}

function percent(value) {
  return new Intl.NumberFormat(page, { style: "percent" }).format(value / 100);
}

function bytes(count) {
  const [size, unit] = count < 1e9 ? [count / 1e6, "megabyte"] : [count / 1e9, "gigabyte"];
  const digits = size < 10 ? 1 : 0;
  return new Intl.NumberFormat(page, { style: "unit", unit, maximumFractionDigits: digits }).format(size);
}

function duration(seconds) {
  const minutes = Math.ceil(seconds / 60);
  const [size, unit] = seconds < 60 ? [Math.ceil(seconds), "second"] : [minutes, "minute"];
  const shown = unit === "minute" && minutes >= 90 ? [Math.round(minutes / 60), "hour"] : [size, unit];
  return new Intl.NumberFormat(page, { style: "unit", unit: shown[1], unitDisplay: "long" }).format(shown[0]);
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

const form = document.querySelector("[data-upload]");
if (form) new Upload(form, document.querySelector("[data-upload-error]"));
