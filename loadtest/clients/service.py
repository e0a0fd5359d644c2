"""AnyServe as a process of its own, on a data folder and ports that are gone afterwards."""

import pathlib
import random
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request

from cases import Failed

ROOT = pathlib.Path(__file__).resolve().parents[2]
PORTS = 8


class Service:
    """Owned by the main thread; `stop` ends the process whatever happened."""

    def __init__(self, folder, patience):
        self.folder = folder
        self.patience = patience
        self.port = free_ports()
        self.grpc = f"127.0.0.1:{self.port}"
        self.kafka = f"127.0.0.1:{self.port + 2}"
        self.objects = f"http://127.0.0.1:{self.port + 4}"
        self.api = f"http://127.0.0.1:{self.port + 7}"
        self.data = folder / "data"
        self.output = folder / "anyserve.log"
        self.process = None
        self.others = []

    def start(self, seconds):
        """Returns when it is ready; the first start may have to build."""
        command = [ROOT / "anyserve", "up", "--simulated", "--data", self.data]
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                [*map(str, command), "--port", str(self.port)],
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        until = time.monotonic() + seconds
        while "AnyServe is ready" not in self.output.read_text(errors="replace"):
            if self.process.poll() is not None or time.monotonic() > until:
                raise SystemExit(f"AnyServe does not start:\n{self.output.read_text()[-2000:]}")
            time.sleep(0.2)

    def beside(self, process):
        """A process that must not outlive this service."""
        self.others.append(process)

    def stop(self):
        for process in self.others:
            process.kill()
            process.wait()
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(60)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def command(self, *arguments, seconds=None):
        """Runs the command line against this service; code, standard output, standard error."""
        command = [str(ROOT / "anyserve"), *map(str, arguments)]
        try:
            done = subprocess.run(
                command, capture_output=True, text=True, timeout=seconds or 4 * self.patience
            )
        except subprocess.TimeoutExpired as e:
            raise Failed(f"anyserve {arguments[0]} does not end within {e.timeout:.0f} s") from e
        return done.returncode, done.stdout, done.stderr

    def readiness(self):
        """Status and text of /readiness."""
        try:
            url = f"http://127.0.0.1:{self.port + 1}/readiness"
            with urllib.request.urlopen(url, timeout=10) as answer:
                return answer.status, answer.read().decode().strip()
        except urllib.error.HTTPError as e:
            return e.code, e.read().decode().strip()

    def models(self, key):
        """Status of the models that the API lists for a caller with this key."""
        headers = {"Authorization": f"Bearer {key}"}
        try:
            request = urllib.request.Request(f"{self.api}/v1/models", headers=headers)
            with urllib.request.urlopen(request, timeout=10) as answer:
                return answer.status
        except urllib.error.HTTPError as e:
            return e.code

    def eventually(self, look):
        """The first true value of `look`, or its last one after the patience."""
        until = time.monotonic() + self.patience
        while not (found := look()) and time.monotonic() < until:
            time.sleep(0.1)
        return found


def free_ports():
    for _ in range(200):
        first = random.randrange(10_000, 32_000)
        if all(is_free(first + i) for i in range(PORTS)):
            return first
    raise SystemExit(f"no {PORTS} free ports in a row")


def is_free(port):
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
            return True
        except OSError:
            return False
