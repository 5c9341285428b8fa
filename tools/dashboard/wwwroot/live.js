// The stream of a feed. Of several snapshots that come before one is drawn only the newest is read: the page conflates like the
// server does. A stream that breaks or falls silent is opened again, by itself, and the page says so.

const SILENCE_MS = 5000;
const LONGEST_WAIT_MS = 5000;

export class LiveFeed {
    #name = null;
    #source = null;
    #text = null;
    #heardAt = 0;
    #waitMs = 500;
    #timer = 0;

    /** @param on onSnapshot(), onState(state), onChange(change), onConflated(count), onOffline() */
    constructor(on) {
        this.on = on;
        setInterval(() => this.#watch(), 1000);
    }

    open(name) {
        this.#name = name;
        this.#waitMs = 500;
        this.#connect();
    }

    close() {
        this.#name = null;
        this.#source?.close();
        clearTimeout(this.#timer);
    }

    /** The newest snapshot that has not been taken; null when there is none. */
    take() {
        const text = this.#text;
        this.#text = null;
        return text === null ? null : JSON.parse(text);
    }

    get hasNews() {
        return this.#text !== null;
    }

    #connect() {
        clearTimeout(this.#timer);
        this.#source?.close();
        this.#text = null;
        const source = new EventSource(`/api/v1/events?feed=${encodeURIComponent(this.#name)}`);
        this.#source = source;
        this.#heardAt = performance.now();
        const listen = (kind, act) => source.addEventListener(kind, event => {
            if (source !== this.#source) return;
            this.#heardAt = performance.now();
            this.#waitMs = 500;
            act(event.data);
        });
        listen("snapshot", data => {
            this.#text = data;
            this.on.onSnapshot();
        });
        listen("state", data => this.on.onState(JSON.parse(data)));
        listen("change", data => this.on.onChange(JSON.parse(data)));
        listen("conflated", data => this.on.onConflated(JSON.parse(data).count));
        source.onerror = () => {
            if (source === this.#source) this.#again();
        };
    }

    #again() {
        this.#source?.close();
        this.#source = null;
        this.on.onOffline();
        clearTimeout(this.#timer);
        this.#timer = setTimeout(() => this.#name !== null && this.#connect(), this.#waitMs);
        this.#waitMs = Math.min(LONGEST_WAIT_MS, this.#waitMs * 2);
    }

    // A connection that lies dead says nothing; the server says its state every second.
    #watch() {
        if (this.#source && performance.now() - this.#heardAt > SILENCE_MS) this.#again();
    }
}

/** One JSON document of the server; null where it has none. */
export async function fetchJson(path) {
    try {
        const response = await fetch(path, { cache: "no-store" });
        return response.ok ? await response.json() : null;
    } catch {
        return null;
    }
}
