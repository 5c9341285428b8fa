// The live page: one feed, looked at through one position model and one bucket of expiries.

import { byId, el, setHidden, setText, setTitle } from "./dom.js";
import { age, clock, date, millis, movingPrice, percent } from "./format.js";
import { Heat, heatTip } from "./heat.js";
import { Ladder, strikeTip } from "./ladder.js";
import { DAY_VIEWS, Day, Profile } from "./lines.js";
import { LiveFeed, fetchJson } from "./live.js";
import { Bands, Compare, Exposures, Hedge, Log, Opex, Provenance, Strip, Trades, changeSays, concerns } from "./panels.js";
import { Replay } from "./replay.js";
import { savePicture } from "./save.js";
import { PriceWindow } from "./scale.js";
import { nextTheme, onTheme, recall, remember, themeChoice } from "./theme.js";
import { View, nearestRow } from "./view.js";
import { BUCKETS, MODELS, STATES, doubts, lacks } from "./words.js";

const address = new URLSearchParams(location.search);
const CURVE_MS = 250;           // the curves are drawn no more often: nobody sees more
const FEEDS_MS = 5000;
const BEEP_MS = 3000;           // where spot hangs about zero gamma it crosses often

let feed = null;                // the name of the feed that is looked at
let model = address.get("model");               // null: that of the feed
let bucket = address.get("bucket") in BUCKETS ? address.get("bucket") : "all";
let doc = null;
let view = null;
let lastTime = -Infinity;       // event time of the last snapshot, ms
let state = { state: "Connecting" };
let stateAt = performance.now();
let hover = null;               // what the pointer or the keyboard is at: { row } or { cell, x }
let keyStrike = null;           // the strike that the keyboard has chosen
let curvesAt = 0;
let frame = 0;
let conflated = 0;
let titleAt = -Infinity;
const costs = [];               // milliseconds of the last updates

const prices = new PriceWindow();
const heat = new Heat(byId("heat").querySelector("canvas"), prices, () => schedule("stage"));
const ladder = new Ladder(byId("ladder").querySelector("canvas"), prices, () => schedule("stage"));
const profile = new Profile(byId("profile-plot"), text => setText(byId("profile-readout"), text), () => schedule("everything"));
const day = new Day(byId("history-plot"), text => setText(byId("history-readout"), text), () => schedule("everything"));
const strip = new Strip(byId("strip"));
const log = new Log(byId("log"));
log.select(bucket);
const panels = [
    ["exposures", new Exposures(byId("exposures"))], ["hedge", new Hedge(byId("hedge"))], ["compare", new Compare(byId("compare"), chooseModel)],
    ["opex", new Opex(byId("opex"))], ["trades", new Trades(byId("trades"))], ["bands", new Bands(byId("bands"))], ["provenance", new Provenance(byId("provenance"))],
];
const live = new LiveFeed({
    onSnapshot: () => schedule("news"),
    onState: heard => setState(heard),
    onChange: change => onChange(change),
    onConflated: howMany => conflated += howMany,
    onOffline: () => setState({ state: feed === null ? "NoFeed" : "Offline" }),
});
const replay = new Replay(text => shout(text));

// Drawing: only in a frame, only what is in view, only what has changed since.

const inView = new Set();
const due = new Set();
const watcher = new IntersectionObserver(entries => {
    for (const { target, isIntersecting } of entries) {
        if (isIntersecting) inView.add(target.id);
        else inView.delete(target.id);
    }
    schedule("everything");
});
for (const panel of document.querySelectorAll(".panel")) watcher.observe(panel);

function schedule(what) {
    due.add(what);
    if (frame === 0 && !document.hidden) frame = requestAnimationFrame(draw);
}

document.addEventListener("visibilitychange", () => document.hidden || schedule("everything"));

function draw() {
    frame = 0;
    const began = performance.now();
    const next = live.take();
    if (next) accept(next);
    if (!doc) {
        due.clear();
        return;
    }
    const everything = due.has("everything"), isNew = next !== null || everything;
    due.clear();
    if (isNew) {
        view = new View(doc, model ?? doc.model, bucket);
        prices.fit(view);
        strip.update(view);
        showHeader();
        for (const [id, panel] of panels) if (inView.has(id)) panel.update(view);
    }
    if (inView.has("stage")) drawStage();
    if (began - curvesAt >= CURVE_MS || everything) {
        curvesAt = began;
        if (inView.has("profile")) drawProfile();
        if (inView.has("history")) drawDay();
    }
    if (next) {
        costs.push(performance.now() - began);
        if (costs.length > 600) costs.shift();
    }
}

function accept(next) {
    const time = millis(next.asOf), isBack = time < lastTime - 1000, isAhead = time > lastTime + 60_000 && lastTime > 0;
    const isOther = doc === null || doc.underlying !== next.underlying;
    doc = next;
    if (isOther) prices.reset();
    if (isBack || isAhead || isOther) loadDay();
    lastTime = time;
    heat.add(doc, time);
    day.add(doc, time);
}

async function loadDay() {
    const name = feed;
    heat.clear();
    day.clear();
    await Promise.all([heat.load(name), day.load(name)]);
    if (name === feed) schedule("everything");
}

function drawStage() {
    const emptyHeat = byId("heat-empty");
    setHidden(emptyHeat, !heat.isEmpty);
    if (heat.isEmpty) setText(emptyHeat, "No history yet: a column is added every second of event time.");
    const row = hover?.row ?? null;
    const strike = row?.strike ?? hover?.cell?.strike;
    const now = strike === undefined ? null : view.rows[nearestRow(view.rows, strike)];
    heat.draw(view, hover ? { strike, x: hover.x } : null);
    ladder.draw(view, now);
    setText(byId("heat-most"), heat.isEmpty ? "" : `± ${heat.legend.replace(/^\+/, "")}`);
    setText(byId("stage-note"), [view.rowsNote, view.isFeedModel && bucket === "all" ? "" : `Heat map: ${doc.model}, all expiries.`].filter(Boolean).join(" "));
    setTitle(byId("stage-note"), "By strike the feed has calls, puts and 0DTE for its own model, and the net of all expiries for the others.");
    if (hover) showTip(now);
}

function drawProfile() {
    const isThere = profile.show(view), empty = byId("profile-empty");
    setHidden(byId("profile-plot"), !isThere);
    setHidden(empty, isThere);
    if (!isThere) {
        setText(byId("profile-readout"), "");
        setText(empty, !view.isLive ? `${view.model} has no profile: ${lacks(view.status)}.` : "This feed publishes no profile: its writer is of a version before profiles, or has not computed one yet. The roots are in the strip above.");
    }
}

function drawDay() {
    const empty = byId("history-empty");
    setHidden(byId("history-plot"), day.isEmpty);
    setHidden(empty, !day.isEmpty);
    if (day.isEmpty) setText(empty, "No history yet: a point is added every second of event time.");
    else day.show(view);
}

// The bar on top.

function setState(heard) {
    state = heard;
    stateAt = performance.now();
    showState();
}

function showState() {
    const known = STATES[state.state] ?? { level: "bad", says: state.error ?? "The feed cannot be read." };
    const seconds = typeof state.ageSeconds === "number" && Number.isFinite(state.ageSeconds) ? state.ageSeconds + (performance.now() - stateAt) / 1000 : null;
    const node = byId("state"), isBad = known.level === "bad";
    if (node.dataset.level !== known.level) {
        node.dataset.level = known.level;
        document.body.dataset.level = known.level;
    }
    document.body.dataset.state = state.state;
    const word = byId("state-word");
    setText(word, state.state === "NoFeed" ? "NO FEED" : isBad || known.level === "warn" ? state.state.toUpperCase() : state.state);
    setText(byId("state-age"), seconds === null ? "" : `${age(seconds)} old`);
    const banner = byId("banner"), isLoud = isBad || known.level === "warn";
    setHidden(banner, !isLoud);
    if (isLoud) {
        banner.dataset.level = known.level;
        setText(banner, `${state.state === "NoFeed" ? "No feed" : state.state}. ${state.error ?? known.says}`);
    }
}

function showHeader() {
    setText(byId("event-clock"), clock(lastTime));
    setText(byId("event-date"), date(lastTime));
    showTitle();
    for (const input of modelInputs) {
        const status = doc.models[input.value]?.status, label = input.parentElement;
        const isLacking = status !== "Live";
        if (label.classList.contains("lacking") !== isLacking) {
            label.classList.toggle("lacking", isLacking);
            label.title = `${input.value}: ${MODELS[input.value].says}${isLacking ? `; ${lacks(status)}` : ""}`;
        }
        if (input.checked !== (input.value === view.model)) input.checked = input.value === view.model;
    }
    setText(byId("foot-unit"), `${view.model}: ${MODELS[view.model]?.says ?? ""}${view.isFeedModel ? "" : ` (the feed's model: ${doc.model})`}. GEX: ${doc.unit.replace("1%", "1 %")}.`);
    const doubtful = doubts(doc);
    setText(byId("foot-quality"), `${percent(doc.provenance.staleShare)} stale, ${percent(doc.provenance.interpolatedShare)} interpolated; open interest of ${doc.provenance.openInterestDate ?? "no day yet"}; ${doubtful.length === 0 ? "no doubts" : doubtful.length === 1 ? "1 doubt" : `${doubtful.length} doubts`}${conflated > 0 ? `; ${conflated} snapshots skipped by a slow page` : ""}`);
}

// The title of a tab is dear to change, and is seen where the page is not.
function showTitle() {
    if (performance.now() - titleAt < 1000) return;
    titleAt = performance.now();
    document.title = `${movingPrice(doc.spot)} ${doc.underlying} ${view.bucket.regime ?? ""} · DealerFlow`;
}

setInterval(() => document.hidden || showState(), 500);

// Choices.

function segments(fieldset, name, choices, isChecked, choose) {
    for (const [value, text, title] of choices) {
        const input = el("input", { type: "radio", name, value, checked: isChecked(value) });
        input.addEventListener("change", () => choose(value));
        fieldset.append(el("label", { title }, input, el("span", { "data-text": text }, text)));
    }
}

segments(byId("models"), "model", Object.entries(MODELS).map(([key, words]) => [key, words.short, `${key}: ${words.says}`]), value => value === model, chooseModel);
const modelInputs = [...byId("models").querySelectorAll("input")];
segments(byId("buckets"), "bucket", [["all", "All"], ["zeroDte", "0DTE"], ["exZeroDte", "Ex 0DTE"]].map(([key, short]) => [key, short, BUCKETS[key]]), value => value === bucket, chooseBucket);
segments(byId("history-of"), "day", Object.entries(DAY_VIEWS).map(([key, words]) => [key, words.name, ""]), value => value === "levels", chooseDay);

function chooseModel(value) {
    model = value;
    writeAddress();
    schedule("everything");
}

function chooseBucket(value) {
    bucket = value;
    byId("buckets").querySelector(`[value="${value}"]`).checked = true;
    log.select(bucket);
    writeAddress();
    schedule("everything");
}

function chooseDay(value) {
    day.select(value);
    byId("history-of").querySelector(`[value="${value}"]`).checked = true;
    schedule("everything");
}

function writeAddress() {
    const parts = new URLSearchParams();
    if (feed !== null) parts.set("feed", feed);
    if (model !== null) parts.set("model", model);
    if (bucket !== "all") parts.set("bucket", bucket);
    window.history.replaceState(null, "", `?${parts}`);
}

byId("theme").addEventListener("click", nextTheme);
onTheme(() => {
    const choice = themeChoice();
    setText(byId("theme"), choice[0].toUpperCase() + choice.slice(1));
    heat.recolour();
    schedule("everything");
});
setText(byId("theme"), themeChoice()[0].toUpperCase() + themeChoice().slice(1));

byId("zoom-in").addEventListener("click", () => zoom(0.7));
byId("zoom-out").addEventListener("click", () => zoom(1 / 0.7));
byId("zoom-fit").addEventListener("click", () => zoom(0));

function zoom(factor) {
    if (factor === 0) prices.reset();
    else prices.zoomBy(factor);
    schedule("everything");
}

// Strikes under the pointer and under the keyboard.

const heatBox = byId("heat"), ladderBox = byId("ladder"), ladderCanvas = ladder.surface.canvas, tip = byId("tip");

ladderBox.addEventListener("pointermove", event => pointAt(event, ladderBox, (x, y) => {
    const row = ladder.rowAt(view, y);
    return row && { row };
}));
heatBox.addEventListener("pointermove", event => pointAt(event, heatBox, (x, y) => {
    const cell = heat.at(x, y);
    return cell && { cell, x };
}));
for (const box of [heatBox, ladderBox]) box.addEventListener("pointerleave", () => letGo());

function pointAt(event, box, find) {
    if (!view) return;
    const bounds = box.getBoundingClientRect();
    const found = find(event.clientX - bounds.left, event.clientY - bounds.top);
    hover = found && { ...found, box, pointX: event.clientX - bounds.left, pointY: event.clientY - bounds.top };
    if (!hover) setHidden(tip, true);
    schedule("stage");
}

function letGo() {
    hover = document.activeElement === ladderCanvas && keyStrike !== null ? keyHover() : null;
    setHidden(tip, hover === null);
    schedule("stage");
}

function keyHover() {
    const row = view.rows[nearestRow(view.rows, keyStrike)];
    return row ? { row, box: ladderBox, pointX: ladderBox.clientWidth / 2, pointY: ladder.y(row.strike) } : null;
}

ladderCanvas.addEventListener("focus", () => {
    if (!view || !ladderCanvas.matches(":focus-visible")) return;
    keyStrike ??= view.spot;
    moveKey(0);
});
ladderCanvas.addEventListener("blur", () => {
    keyStrike = null;
    letGo();
});
ladderCanvas.addEventListener("keydown", event => {
    const steps = { ArrowUp: 1, ArrowDown: -1, PageUp: 10, PageDown: -10, ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (steps === undefined && event.key !== "Home") return;
    event.preventDefault();
    event.stopPropagation();
    keyStrike = event.key === "Home" ? view.spot : keyStrike ?? view.spot;
    moveKey(steps ?? 0);
});

function moveKey(steps) {
    const rows = view.rows;
    if (rows.length === 0) return;
    const at = Math.max(0, Math.min(rows.length - 1, nearestRow(rows, keyStrike) + steps));
    const visible = rows[at].strike >= prices.low && rows[at].strike <= prices.high;
    if (visible || steps === 0) keyStrike = rows[at].strike;
    hover = keyHover();
    ladderCanvas.setAttribute("aria-valuemin", String(rows[0].strike));
    ladderCanvas.setAttribute("aria-valuemax", String(rows.at(-1).strike));
    ladderCanvas.setAttribute("aria-valuenow", String(keyStrike));
    if (hover) ladderCanvas.setAttribute("aria-valuetext", strikeTip(view, hover.row).map(pair => pair.join(" ")).join(", "));
    schedule("stage");
}

function showTip(row) {
    const pairs = hover.cell ? heatTip(hover.cell) : row ? strikeTip(view, row) : [];
    if (tip.childElementCount !== pairs.length * 2)
        tip.replaceChildren(...pairs.flatMap((_, i) => [el(i === 0 ? "b" : "span"), el(i === 0 ? "b" : "span")]));
    pairs.forEach(([name, value], i) => {
        setText(tip.children[2 * i], name);
        setText(tip.children[2 * i + 1], value);
    });
    setHidden(tip, pairs.length === 0);
    const { box, pointX, pointY } = hover, stage = tip.parentElement;
    const width = tip.offsetWidth, height = tip.offsetHeight;
    let x = box.offsetLeft + pointX + 16, y = box.offsetTop + pointY + 14;
    if (x + width > stage.clientWidth - 4) x = box.offsetLeft + pointX - width - 16;
    if (y + height > stage.clientHeight - 4) y = box.offsetTop + pointY - height - 14;
    tip.style.transform = `translate(${Math.max(4, Math.round(x))}px, ${Math.max(4, Math.round(y))}px)`;
}

// Changes of levels, and the alarm at a crossing.

let isLoudOn = recall("sound") === "on";
let audio = null;
let beepAt = -Infinity;

function onChange(change) {
    if (!log.add(change)) return;
    if (change.kind !== "zeroGammaCrossed") return;
    day.addCrossing(change);
    if (!concerns(change, bucket)) return;
    shout(`${clock(change.time ?? millis(change.eventTime))} ${changeSays(change)}.`);
    if (isLoudOn && performance.now() - beepAt > BEEP_MS) beep();
}

function shout(text) {
    setHidden(byId("alarm"), false);
    byId("alarm-text").textContent = text;
}

byId("alarm-close").addEventListener("click", () => setHidden(byId("alarm"), true));

function showSound() {
    setText(byId("sound"), isLoudOn ? "Sound on" : "Sound off");
    byId("sound").setAttribute("aria-pressed", String(isLoudOn));
}

byId("sound").addEventListener("click", () => {
    isLoudOn = !isLoudOn;
    remember("sound", isLoudOn ? "on" : "off");
    showSound();
    if (isLoudOn) beep();
});
showSound();

function beep() {
    beepAt = performance.now();
    audio ??= new AudioContext();
    const tone = audio.createOscillator(), volume = audio.createGain(), now = audio.currentTime;
    tone.frequency.setValueAtTime(660, now);
    tone.frequency.setValueAtTime(880, now + 0.12);
    volume.gain.setValueAtTime(0.08, now);
    volume.gain.exponentialRampToValueAtTime(0.001, now + 0.35);
    tone.connect(volume).connect(audio.destination);
    tone.start(now);
    tone.stop(now + 0.4);
}

// Files.

byId("stage-png").addEventListener("click", () => {
    const canvases = heat.isEmpty || heatBox.offsetTop !== ladderBox.offsetTop ? [ladderCanvas] : [heat.surface.canvas, ladderCanvas];
    save(canvases, "gamma by strike");
});
byId("profile-png").addEventListener("click", () => profile.chart.canvas && save([profile.chart.canvas], "gamma profile"));
byId("history-png").addEventListener("click", () => day.chart.canvas && save([day.chart.canvas], `${DAY_VIEWS[day.of].name} over the day`));

function save(canvases, what) {
    if (!doc) return;
    const file = `${doc.underlying}-${what}-${date(lastTime)}-${clock(lastTime)}.png`.replace(/[^\w.-]+/g, "-");
    const subtitle = `${date(lastTime)} ${clock(lastTime)} New York; spot ${movingPrice(doc.spot)}; model ${view.model}; ${BUCKETS[bucket]}; ${doc.unit.replace("1%", "1 %")}`;
    savePicture(canvases, `${doc.underlying}: ${what}`, subtitle, file);
}

// Keys.

const KEYS = [
    ["f", "go to the list of underlyings", () => byId("feed").focus()],
    ["1 to 6", "position model", null],
    ["b", "next bucket: all, 0DTE, without 0DTE", () => chooseBucket(next(Object.keys(BUCKETS), bucket))],
    ["h", "next chart of the day: levels, GEX, DEX, VEX, CHEX, hedge flow", () => chooseDay(next(Object.keys(DAY_VIEWS), day.of))],
    ["k", "go to the strikes; arrows move by one, page keys by ten, Home goes to spot", () => ladderCanvas.focus({ focusVisible: true })],
    ["+ - 0", "fewer strikes, more strikes, fit", null],
    ["t", "as the system, dark, light", nextTheme],
    ["s", "sound at a zero-gamma crossing", () => byId("sound").click()],
    ["space", "pause and resume a replay, where it can be controlled", null],
    ["?", "this list", () => openKeys()],
];
const next = (all, current) => all[(all.indexOf(current) + 1) % all.length];
const TOPICS = ["hedging", "gamma-exposure", "positive-and-negative-gamma", "zero-gamma", "walls", "gamma-squeeze", "vanna-and-charm", "opex", "pinning", "zero-dte", "what-data-cannot-tell"];

byId("keys-list").append(...KEYS.flatMap(([key, says]) => [el("dt", {}, key), el("dd", {}, says)]));
byId("topics").append(...TOPICS.map(topic => el("a", { href: `/learn/${topic}` }, topic.replaceAll("-", " ").replace("dte", "DTE"))));
byId("help").addEventListener("click", openKeys);
byId("keys-close").addEventListener("click", () => byId("keys").close());

function openKeys() {
    const sorted = [...costs].sort((a, b) => a - b);
    if (sorted.length > 0) setText(byId("page-cost"), `This page: ${sorted.length} updates, ${sorted[sorted.length >> 1].toFixed(1)} ms of the main thread in the middle, ${sorted[Math.floor(sorted.length * 0.99)].toFixed(1)} ms at most but for one of a hundred.`);
    byId("keys").showModal();
}

document.addEventListener("keydown", event => {
    if (event.ctrlKey || event.metaKey || event.altKey || byId("keys").open) return;
    const target = event.target, isField = target instanceof HTMLSelectElement || (target instanceof HTMLInputElement && target.type !== "radio");
    if (isField || (event.key === " " && target instanceof HTMLElement && target.matches("button, input, a"))) return;
    const models = Object.keys(MODELS);
    if (event.key >= "1" && event.key <= String(models.length)) chooseModel(models[Number(event.key) - 1]);
    else if (event.key === "+" || event.key === "=") zoom(0.7);
    else if (event.key === "-") zoom(1 / 0.7);
    else if (event.key === "0") zoom(0);
    else if (event.key === " " && replay.isAvailable) replay.togglePause();
    else {
        const act = KEYS.find(([key]) => key === event.key)?.[2];
        if (!act) return;
        act();
    }
    event.preventDefault();
});

// The feeds there are.

byId("feed").addEventListener("change", event => openFeed(event.target.value));

function openFeed(name) {
    feed = name;
    doc = view = null;
    lastTime = -Infinity;
    hover = null;
    setHidden(tip, true);
    log.clear();
    heat.clear();
    day.clear();
    prices.reset();
    writeAddress();
    byId("strikes-csv").href = `/api/v1/strikes?feed=${encodeURIComponent(name)}&format=csv`;
    setState({ state: "Connecting" });
    live.open(name);
    loadChanges(name);
    replay.look();
}

async function loadChanges(name) {
    const answer = await fetchJson(`/api/v1/changes?feed=${encodeURIComponent(name)}&after=0`);
    if (!answer || name !== feed) return;
    log.miss(answer.missed ?? 0);
    for (const change of answer.changes ?? []) log.add(change);
}

async function lookForFeeds() {
    const feeds = await fetchJson("/api/v1/feeds");
    if (feeds === null) {
        setState({ state: "Offline" });
        return;
    }
    const select = byId("feed");
    const key = JSON.stringify(feeds.map(item => [item.name, item.underlying, item.error ?? null]));
    if (key !== select.dataset.key) {
        select.dataset.key = key;
        select.replaceChildren(...feeds.map(item => el("option", { value: item.name, disabled: Boolean(item.error), title: item.error },
            item.underlying && item.name !== item.underlying && item.name !== "default" ? `${item.underlying} (${item.name})` : item.underlying || item.name)));
        if (feed !== null) select.value = feed;
    }
    const readable = feeds.filter(item => !item.error);
    if (readable.length === 0) {
        if (feed === null) setState(feeds.length === 0 ? { state: "NoFeed" } : { state: "Unreadable", error: feeds[0].error });
        return;
    }
    if (feed !== null) return;
    const wanted = address.get("feed");
    const first = readable.find(item => item.name === wanted) ?? readable.find(item => item.state === "Live") ?? readable.find(item => item.name === "default") ?? readable[0];
    select.value = first.name;
    openFeed(first.name);
}

lookForFeeds();
setInterval(() => (document.hidden && feed !== null) || lookForFeeds(), FEEDS_MS);
