#!/usr/bin/env python3
"""What the dashboard costs: a replay at its own pace (ten snapshots a second), N clients on the event stream, processor time and
memory of the server over some seconds. After a Release build:

    python3 bench/dashboard.py [--clients 5] [--seconds 60] [--tape TAPE]
"""
import argparse
import os
import pathlib
import socket
import subprocess
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
PROGRAM = ROOT / "artifacts/bin/dealerflow/release/dealerflow"
SERVER = ROOT / "artifacts/bin/DealerFlow.Dashboard/release/dealerflow-dashboard"


class Client(threading.Thread):
    """Takes whatever comes, and counts it."""

    def __init__(self, port):
        super().__init__(daemon=True)
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.sendall(f"GET /api/v1/events HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode())
        self.snapshots = self.conflated = self.bytes = 0

    def run(self):
        tail = b""
        try:
            while some := self.socket.recv(1 << 18):
                self.bytes += len(some)
                text = tail + some
                self.snapshots += text.count(b"event: snapshot\n")
                self.conflated += text.count(b"event: conflated\n")
                # An event's name may lie across two pieces; what is kept is shorter than a name, so none counts twice.
                tail = text[-16:] if b"event: " not in text[-16:] else b""
        except OSError:
            pass


def seconds_of(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident_of(pid):
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--clients", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--tape", default=None, help="longer than the time measured; one is made when none is given")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        environment = dict(os.environ, DEALERFLOW_FEED_DIR=folder + "/feeds")
        os.mkdir(folder + "/feeds", 0o700)
        tape = given.tape
        if tape is None:
            tape = folder + "/long.dftape"
            minutes = str(max(1, given.seconds / 60 + 1))
            subprocess.run([PROGRAM, "synth", "--seed", "3", "--minutes", minutes, "--rate", "5000", "--out", tape], check=True, stdout=subprocess.DEVNULL)
        replay = subprocess.Popen([PROGRAM, "replay", tape, "--speed", "1x", "--mark", "10"], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        server = subprocess.Popen([SERVER, "--port", "0", "--store", folder + "/history"], env=environment, stdout=subprocess.PIPE, text=True)
        try:
            port = int(server.stdout.readline().strip().rstrip("/").rsplit(":", 1)[1])
            clients = [Client(port) for _ in range(given.clients)]
            for client in clients:
                client.start()
            time.sleep(5)       # code that runs for the first time is compiled
            before, at = seconds_of(server.pid), time.monotonic()
            counts = [client.snapshots for client in clients]
            sizes = [client.bytes for client in clients]
            time.sleep(given.seconds)
            used, took = seconds_of(server.pid) - before, time.monotonic() - at
            shown = [client.snapshots - count for client, count in zip(clients, counts)]
            sent = sum(client.bytes - size for client, size in zip(clients, sizes))
            print(f"{given.clients} clients, {took:.1f} s: {100 * used / took:.1f} % of a core, {resident_of(server.pid):.0f} MB resident, "
                  f"{min(shown) / took:.1f} to {max(shown) / took:.1f} snapshots/s a client, {sum(client.conflated for client in clients)} conflated, "
                  f"{sent / took / 1e6:.1f} MB/s in all")
        finally:
            for process in (server, replay):
                process.terminate()
                process.wait()


if __name__ == "__main__":
    main()
