"""The calls of the OpenAI API as cases: with the client for Python, then with those for Node."""

import contextlib
import json
import pathlib
import select
import shutil
import subprocess

from cases import Failed, Skipped, case, expect, package, program
from openai_calls import CALLS, PER_MINUTE, Api
import openai_chats, openai_streams, openai_texts, openai_responses, openai_errors  # noqa: F401, E401 (they register their calls)

HERE = pathlib.Path(__file__).resolve().parent
TENANT = "openai-clients"

# The calls that openai-calls.mjs makes with the AI SDK.
AI_SDK = ("generateText", "streamText", "a refusal", "an aborted stream")


@contextlib.contextmanager
def key_of(call, service):
    """Where the call is keyed, a key that is the only one and is gone afterwards."""
    if not call.keyed:
        yield "none"
        return
    place = ("--tenant", TENANT, "--kafka", service.kafka)
    limit = ("--requests-per-minute", PER_MINUTE)
    code, secret, said = service.command("keys", "create", "--name", "clients", *limit, *place)
    expect(code == 0, f"keys create: {said.strip()[-120:]}")
    try:
        wait_until(service, "none", 401)
        wait_until(service, secret.strip(), 200)
        yield secret.strip()
    finally:
        _, listed, _ = service.command("keys", "list", *place)
        for row in listed.splitlines()[1:]:
            service.command("keys", "delete", row.split()[0], "--force", "--kafka", service.kafka)
        wait_until(service, "none", 200)


def wait_until(service, key, status):
    """Changes of keys hold within a second."""
    expect(service.eventually(lambda: service.models(key) == status), f"no {status} for a key")


def attempt(call, service):
    package("openai")
    with key_of(call, service) as key, Api(service, key) as api:
        return call.function(api)


class Node:
    """openai-calls.mjs: a name and a key to it, a line back for each. Started by its first case."""

    def __init__(self):
        self.process = None
        self.said = None

    def start(self, service):
        """Unless it runs."""
        if self.process is not None:
            return
        node = program("node")
        modules = service.folder / "npm" / "node_modules"
        if not (modules / "openai").is_dir():
            raise Skipped("the package openai of npm is not installed")
        # A module resolves its packages from the folder that it lies in.
        for module in HERE.glob("*.mjs"):
            shutil.copy(module, modules.parent)
        script = modules.parent / "openai-calls.mjs"
        self.said = (service.folder / "node.log").open("w+")
        self.process = subprocess.Popen(
            [node, str(script), service.api, str(service.patience)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.said,
            text=True,
        )
        service.beside(self.process)

    def attempt(self, name, key, service):
        line = self.ask({"name": name, "key": key}, seconds=4 * service.patience)
        if not line:
            self.end()
        return self.judge(json.loads(line))

    def ask(self, call, seconds):
        """The line that answers; nothing where the process ended or takes longer."""
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.write(json.dumps(call) + "\n")
            self.process.stdin.flush()
        answered, _, _ = select.select([self.process.stdout], [], [], seconds)
        return self.process.stdout.readline() if answered else ""

    def end(self):
        """The next case starts another process."""
        self.process.kill()
        self.process = None
        self.said.seek(0)
        raise Failed(f"node gave no answer: {' '.join(self.said.read().split())[-200:]}")

    @staticmethod
    def judge(answer):
        if answer["state"] == "skipped":
            raise Skipped(answer["detail"])
        if answer["state"] != "ok":
            raise Failed(answer["detail"])
        return answer["detail"]


def register():
    node = Node()

    def by_python(call):
        return lambda service: attempt(call, service)

    def by_node(call):
        def run(service):
            node.start(service)
            with key_of(call, service) as key:
                return node.attempt(call.name, key, service)

        return run

    def by_ai_sdk(name):
        def run(service):
            node.start(service)
            return node.attempt(f"AI SDK: {name}", "none", service)

        return run

    for call in CALLS:
        case(f"openai for Python: {call.name}")(by_python(call))
    for call in filter(lambda call: call.anywhere, CALLS):
        case(f"openai for Node: {call.name}")(by_node(call))
    for name in AI_SDK:
        case(f"AI SDK with openai-compatible: {name}")(by_ai_sdk(name))


register()
