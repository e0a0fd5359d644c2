"""Records what jinja2 makes of the templates in a folder; see README.md."""

import datetime
import json
import pathlib
import sys

from jinja2 import nodes
from jinja2.ext import Extension
from jinja2.sandbox import ImmutableSandboxedEnvironment

NOW = datetime.datetime(2026, 3, 5, 14, 7, 9)


class Generation(Extension):
    """A block that marks the model's own text; transparent when rendering."""

    tags = {"generation"}

    def parse(self, parser):
        line = next(parser.stream).lineno
        body = parser.parse_statements(["name:endgeneration"], drop_needle=True)
        return nodes.CallBlock(self.call_method("_body"), [], [], body).set_lineno(line)

    def _body(self, caller):
        return caller()


class Raised(Exception):
    pass


def tojson(x, ensure_ascii=False, indent=None, separators=None, sort_keys=False):
    return json.dumps(
        x,
        ensure_ascii=ensure_ascii,
        indent=indent,
        separators=separators,
        sort_keys=sort_keys,
    )


def raise_exception(message):
    raise Raised(message)


def environment():
    env = ImmutableSandboxedEnvironment(
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=[Generation, "jinja2.ext.loopcontrols"],
    )
    env.filters["tojson"] = tojson
    env.globals["raise_exception"] = raise_exception
    env.globals["strftime_now"] = NOW.strftime
    return env


def result(env, source, context):
    try:
        return env.from_string(source).render(**context)
    except Exception as e:
        return "EXC " + str(e)


def folder(env, path):
    contexts = json.loads((path / "contexts.json").read_text("utf-8"))
    templates = {file.name: file.read_bytes().decode("utf-8") for file in sorted(path.glob("*.j2"))}
    return {
        f"{name}/{file}": result(env, source, context)
        for name, context in contexts.items()
        for file, source in templates.items()
    }


def expressions(env, path, context):
    sources = [line for line in path.read_text("utf-8").split("\n") if line]
    return {source: result(env, source, context) for source in sources}


def write(path, results):
    path.write_text(json.dumps(results, ensure_ascii=False, indent=1) + "\n", "utf-8")


def main(here):
    env = environment()
    write(here / "families/expected.json", folder(env, here / "families"))
    context = json.loads((here / "expressions/context.json").read_text("utf-8"))
    write(
        here / "expressions/expected.json",
        expressions(env, here / "expressions/expressions.txt", context),
    )


main(pathlib.Path(sys.argv[1]))
