// Control of a replay: shown only when the server offers it.

import { byId, el, setHidden, setText } from "./dom.js";
import { clock, millis } from "./format.js";
import { fetchJson } from "./live.js";

const SPEEDS = ["1x", "5x", "10x", "30x", "60x", "120x", "max"];
const STEPS = 1000;

export class Replay {
    #token = null;              // what the server wants to see; null = it offers no control
    #state = null;
    #isDragging = false;

    constructor(say) {
        this.say = say;
        this.seek = byId("replay-seek");
        this.pause = byId("replay-pause");
        this.speed = byId("replay-speed");
        this.pause.addEventListener("click", () => this.togglePause());
        this.speed.addEventListener("change", () => this.#send("speed", this.speed.value));
        this.seek.addEventListener("input", () => {
            this.#isDragging = true;
            setText(byId("replay-at"), clock(this.#timeAt(this.seek.valueAsNumber)));
        });
        this.seek.addEventListener("change", () => {
            this.#isDragging = false;
            this.#send("seek", new Date(this.#timeAt(this.seek.valueAsNumber)).toISOString());
        });
        setInterval(() => this.isAvailable && !document.hidden && this.look(), 1000);
    }

    get isAvailable() {
        return this.#token !== null;
    }

    togglePause() {
        if (this.isAvailable) this.#send(this.#state?.paused ? "resume" : "pause");
    }

    /** Asks the server what can be controlled: when a feed is opened, and once a second while something can. */
    async look() {
        const control = await fetchJson("/api/v1/control");
        this.#token = control?.available ? control.token ?? null : null;
        const state = this.isAvailable ? control.state : null;
        setHidden(byId("replay"), !state);
        if (!state) return;
        this.#state = state;
        this.#show();
    }

    #show() {
        const { position, from, to, speed, paused, seeking, ended } = this.#state;
        setText(this.pause, paused ? "Resume" : "Pause");
        this.pause.setAttribute("aria-pressed", String(Boolean(paused)));
        if (this.speed.childElementCount === 0) this.speed.append(...SPEEDS.map(value => el("option", { value }, value)));
        if (speed && ![...this.speed.options].some(option => option.value === speed)) this.speed.append(el("option", { value: speed }, speed));
        if (speed && document.activeElement !== this.speed) this.speed.value = speed;
        setText(byId("replay-from"), clock(millis(from)));
        setText(byId("replay-to"), clock(millis(to)));
        if (this.#isDragging) return;
        const share = (millis(position) - millis(from)) / (millis(to) - millis(from));
        if (Number.isFinite(share)) this.seek.value = String(Math.round(share * STEPS));
        setText(byId("replay-at"), `${clock(millis(position))}${seeking ? " seeking" : ended ? " ended" : ""}`);
        this.seek.setAttribute("aria-valuetext", `${clock(millis(position))} New York`);
    }

    #timeAt(step) {
        const from = millis(this.#state.from), to = millis(this.#state.to);
        return from + (to - from) * step / STEPS;
    }

    async #send(command, value) {
        try {
            const response = await fetch("/api/v1/control", {
                method: "POST",
                headers: { "Content-Type": "application/json", "X-DealerFlow-Token": this.#token },
                body: JSON.stringify(value === undefined ? { command } : { command, value }),
            });
            const answer = await response.json().catch(() => null);
            if (!response.ok || answer?.ok === false) this.say(answer?.error ?? answer?.answer ?? `The replay refused: ${command}.`);
        } catch {
            this.say("The dashboard's server does not answer.");
        }
        this.look();
    }
}
