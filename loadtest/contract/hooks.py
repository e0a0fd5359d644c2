"""What no description can say: which models, tokens and keys of retries there are. Valid values become those that work;
what is invalid stays as it is, so that the server has to refuse it."""

import re
import uuid

import schemathesis
from schemathesis.generation.meta import CoverageScenario

MODEL = "story"
EMBEDDING = "embedding"
DIMENSIONS = 384
MOST_DIMENSIONS = 8192
NAME = re.compile(r"[a-z0-9]([a-z0-9.-]{0,62}[a-z0-9])?")
TOKEN = re.compile(r"0|[1-9][0-9]{0,8}")
IMAGE = re.compile(r"data:image/(png|jpe?g);base64,[A-Za-z0-9+/]+={0,2}")
KEY = re.compile(r"[ -~]{1,255}")
VOCABULARY = 64
SHORT = 4
MOST = 2048
LIMITS = ("max_tokens", "max_completion_tokens", "max_output_tokens")
MOST_ELEMENTS = 64


@schemathesis.hook
def before_load_schema(context, raw_schema):
    """Making up the thousands of messages that a bound allows takes minutes; the product's own tests hold those bounds."""
    lift_bounds(raw_schema["components"]["schemas"])


def lift_bounds(node):
    if isinstance(node, dict):
        for bound in ("maxItems", "maxProperties"):
            if isinstance(node.get(bound), int) and node[bound] > MOST_ELEMENTS:
                del node[bound]
        for inner in node.values():
            lift_bounds(inner)
    elif isinstance(node, list):
        for inner in node:
            lift_bounds(inner)


@schemathesis.hook
def before_call(context, case, **kwargs):
    if isinstance(case.body, dict):
        body(case.body)
        if case.path == "/v1/embeddings":
            embedding(case.body)
    if isinstance(case.query, dict):
        query(case.query)
    if case.headers and not lacks_parameter(case):
        headers(case)


def body(given):
    if isinstance(given.get("model"), str) and NAME.fullmatch(given["model"]):
        given["model"] = MODEL
    asked = [name for name in LIMITS if is_integer(given.get(name)) and 1 <= given[name] <= MOST]
    for name in asked:
        given[name] = SHORT
    if isinstance(given.get("messages"), list):
        for message in given["messages"]:
            images(message)
    if isinstance(given.get("tokens"), list):
        given["tokens"] = [token % VOCABULARY if is_token(token) else token for token in given["tokens"]]
    if isinstance(given.get("logit_bias"), dict):
        given["logit_bias"] = {known(name): amount for name, amount in given["logit_bias"].items()}
    if isinstance(given.get("previous_response_id"), str) and "\0" not in given["previous_response_id"]:
        del given["previous_response_id"]


def images(message):
    """The model takes none, and no schema says what a whole image is."""
    if isinstance(message, dict) and message.get("role") == "user" and isinstance(message.get("content"), list):
        message["content"] = [{"type": "text", "text": "image"} if is_image(part) else part for part in message["content"]]


def is_image(part):
    return (
        isinstance(part, dict)
        and set(part) == {"type", "image_url"}
        and part["type"] == "image_url"
        and isinstance(part["image_url"], dict)
        and set(part["image_url"]) <= {"url", "detail"}
        and part["image_url"].get("detail") in (None, "auto", "high")
        and isinstance(part["image_url"].get("url"), str)
        and IMAGE.fullmatch(part["image_url"]["url"]) is not None
    )


def embedding(given):
    """By a model that embeds, whose own dimensions are the only valid ones."""
    if given.get("model") == MODEL:
        given["model"] = EMBEDDING
    if is_integer(given.get("dimensions")) and 1 <= given["dimensions"] <= MOST_DIMENSIONS:
        given["dimensions"] = DIMENSIONS
    if isinstance(given.get("input"), list):
        given["input"] = [known_tokens(one) for one in given["input"]]


def known_tokens(given):
    if isinstance(given, list):
        return [known_tokens(one) for one in given]
    return given % VOCABULARY if is_token(given) else given


def query(given):
    """A cursor is the server's; a place in a stream needs a stream."""
    given.pop("cursor", None)
    if "starting_after" in given and given.get("stream") in (None, False, "false"):
        given["stream"] = "true"


def lacks_parameter(case):
    """Such as the key. Headers that a hook changes count as valid ones, and schemathesis would add the key again."""
    data = case.meta.phase.data if case.meta else None
    return getattr(data, "scenario", None) is CoverageScenario.MISSING_PARAMETER


def headers(case):
    """The same key of a retry with another body is refused."""
    key = case.headers.get("Idempotency-Key")
    if isinstance(key, str) and KEY.fullmatch(key):
        case.headers["Idempotency-Key"] = str(uuid.uuid4())
    if case.path == "/v1/responses/{id}" and (case.query or {}).get("stream") not in (True, "true"):
        case.headers.pop("Last-Event-ID", None)


def is_integer(value):
    """As JSON Schema has integers: 7.0 is one."""
    return isinstance(value, int) and not isinstance(value, bool) or isinstance(value, float) and value.is_integer()


def is_token(value):
    return is_integer(value) and 0 <= value < 1 << 31


def known(name):
    return str(int(name) % VOCABULARY) if TOKEN.fullmatch(name) else name
