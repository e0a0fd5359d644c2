#!/usr/bin/env python3
"""Makes the small checkpoints of DecoderFamiliesIT, and what transformers computes with them.

Usage: decoder_fixtures.py FOLDER    (gpu-worker/src/test/resources/io/anyserve/worker/torch/families)

    python3 -m venv fixtures
    fixtures/bin/pip install torch==2.15.0 transformers==5.24.0 safetensors==0.8.0
    fixtures/bin/python gpu-worker/src/test/python/decoder_fixtures.py \\
      gpu-worker/src/test/resources/io/anyserve/worker/torch/families

Every family has a folder with random weights and a reference.json. That has cases: a config.json as model hubs
have it and as transformers writes it, a context length, a prompt, the logits of its last tokens, and the 64 likeliest
tokens that follow one after the other. Everything is computed in f32, without a cache, by eager attention. Weights are
drawn again until no decision among tokens is close.
"""
import json
import sys
from pathlib import Path

import torch
import transformers
from safetensors.torch import save_file

VERSIONS = {"torch": "2.15.0", "transformers": "5.24.0"}
ANSWER = 64
ROWS = 24
CLOSE = 2e-3

BASE = {
    "hidden_size": 32,
    "intermediate_size": 48,
    "num_hidden_layers": 3,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "vocab_size": 80,
    "max_position_embeddings": 256,
    "rms_norm_eps": 1e-5,
    "rope_theta": 10000.0,
    "rope_scaling": None,
    "hidden_act": "silu",
    "tie_word_embeddings": False,
    "bos_token_id": 1,
    "eos_token_id": 2,
    "pad_token_id": 0,
}

GEMMA = {
    **BASE,
    "num_hidden_layers": 4,
    "head_dim": 16,
    "hidden_activation": "gelu_pytorch_tanh",
    "attention_bias": False,
    "query_pre_attn_scalar": 24,
    "sliding_window": 12,
    "tie_word_embeddings": True,
}
del GEMMA["hidden_act"]


def llama(scaling, **other):
    return {**BASE, "model_type": "llama", "attention_bias": True, "mlp_bias": True, "rope_scaling": scaling, **other}


def phi3(window):
    return {
        **BASE,
        "model_type": "phi3",
        "num_attention_heads": 2,
        "num_key_value_heads": 1,
        "partial_rotary_factor": 0.75,
        "max_position_embeddings": 192,
        "original_max_position_embeddings": 96,
        "sliding_window": window,
        "rope_scaling": {
            "type": "longrope",
            "short_factor": [1.0, 1.05, 1.1, 1.2, 1.3, 1.5],
            "long_factor": [1.1, 1.5, 2.5, 4.0, 6.0, 9.0],
        },
    }


def case(name, config, prompt=40, context=256):
    return {"name": name, "config": config, "prompt": prompt, "context": context}


QWEN2 = {**BASE, "model_type": "qwen2", "sliding_window": 10, "max_window_layers": 1}

# A prompt and its answer cross the windows, and are longer than the lengths that scalings take for trained.
FAMILIES = {
    "qwen2": {
        "type": torch.bfloat16,
        "cases": [
            case("qwen2", {**QWEN2, "use_sliding_window": False}),
            case("qwen2-window", {**QWEN2, "use_sliding_window": True}),
        ],
    },
    "qwen3": {
        "type": torch.float32,
        "shards": 2,
        "cases": [
            case(
                "qwen3",
                {**BASE, "model_type": "qwen3", "head_dim": 16, "attention_bias": False, "tie_word_embeddings": True},
            )
        ],
    },
    "llama": {
        "type": torch.float16,
        "cases": [
            case("llama", llama(None)),
            case("llama-linear", llama({"type": "linear", "factor": 4.0})),
            case(
                "llama-dynamic",
                llama({"type": "dynamic", "factor": 4.0}, max_position_embeddings=32),
                context=128,
            ),
            case(
                "llama-llama3",
                llama(
                    {
                        "rope_type": "llama3",
                        "factor": 8.0,
                        "low_freq_factor": 1.0,
                        "high_freq_factor": 4.0,
                        "original_max_position_embeddings": 32,
                    }
                ),
            ),
            case(
                "llama-yarn",
                llama({"rope_type": "yarn", "factor": 4.0, "original_max_position_embeddings": 32}),
            ),
        ],
    },
    "mistral": {
        "type": torch.bfloat16,
        "cases": [
            case("mistral", {**BASE, "model_type": "mistral", "head_dim": 8, "sliding_window": 12}),
            case("mistral-whole", {**BASE, "model_type": "mistral", "head_dim": 8, "sliding_window": None}),
        ],
    },
    "phi3": {
        "type": torch.bfloat16,
        "cases": [
            case("phi3-short", phi3(None), prompt=28, context=96),
            case("phi3-long", phi3(262144), prompt=110, context=192),
            case("phi3-window", phi3(16), prompt=28, context=96),
        ],
    },
    "gemma2": {
        "type": torch.bfloat16,
        "cases": [
            case(
                "gemma2",
                {**GEMMA, "model_type": "gemma2", "attn_logit_softcapping": 4.0, "final_logit_softcapping": 6.0},
            )
        ],
    },
    "gemma3": {
        "type": torch.bfloat16,
        "cases": [
            case(
                "gemma3",
                {
                    **GEMMA,
                    "model_type": "gemma3_text",
                    "attn_logit_softcapping": None,
                    "final_logit_softcapping": None,
                    "sliding_window_pattern": 3,
                    "rope_theta": 1000000.0,
                    "rope_local_base_freq": 10000.0,
                    "rope_scaling": {"rope_type": "linear", "factor": 8.0},
                },
            )
        ],
    },
}


def build(config):
    kind = config["model_type"]
    rest = json.loads(json.dumps({key: value for key, value in config.items() if key != "model_type"}))
    full = transformers.AutoConfig.for_model(kind, **rest)
    model = transformers.AutoModelForCausalLM.from_config(full, attn_implementation="eager", dtype=torch.float32)
    return model.eval()


def draw(model, kind, generator):
    """Random weights in the checkpoint's type, large enough that attention and gates matter."""
    plus_one = model.config.model_type.startswith("gemma")
    for name, parameter in model.named_parameters():
        noise = torch.randn(parameter.shape, generator=generator)
        if "norm" in name:
            values = 0.2 * noise + (0 if plus_one else 1)
        elif name.endswith("bias"):
            values = 0.2 * noise
        elif "embed_tokens" in name:
            values = noise * (0.2 if plus_one else 1)
        else:
            values = noise * 1.5 / parameter.shape[-1] ** 0.5
        parameter.data.copy_(values.to(kind).float())


def logits(model, ids):
    with torch.no_grad():
        return model(input_ids=torch.tensor([ids]), use_cache=False).logits[0]


def reference(weights, described, generator):
    """None when a decision is close."""
    model = build(described["config"])
    model.load_state_dict(weights, strict=True)
    size = described["config"]["vocab_size"]
    prompt = torch.randint(3, size, (described["prompt"],), generator=generator).tolist()
    if (described["config"]["rope_scaling"] or {}).get("type") == "dynamic":
        logits(model, [3] * described["context"])  # from here on the angles are those of the whole context
    whole = logits(model, prompt)
    greedy, last, spread = [], whole[-1], whole.std().item()
    for _ in range(ANSWER):
        best = torch.topk(last, 2).values
        if best[0] - best[1] < CLOSE * spread:
            return None
        greedy.append(int(torch.argmax(last)))
        last = logits(model, prompt + greedy)[-1]
    if len(set(greedy)) < 8:
        return None
    return {
        "name": described["name"],
        "context": described["context"],
        "config": described["config"],
        "saved": json.loads(model.config.to_json_string(use_diff=False)),
        "prompt": prompt,
        "logits": [[float(f"{value:.7g}") for value in row] for row in whole[-ROWS:].tolist()],
        "greedy": greedy,
    }


def save(folder, weights, kind, tied, shards):
    tensors = {
        name: tensor.to(kind).contiguous() for name, tensor in weights.items() if not (tied and name == "lm_head.weight")
    }
    if shards == 1:
        save_file(tensors, folder / "model.safetensors")
        return
    home = {}
    for shard in range(shards):
        names = sorted(tensors)[shard::shards]
        file = f"model-{shard + 1:05}-of-{shards:05}.safetensors"
        save_file({name: tensors[name] for name in names}, folder / file)
        home.update({name: file for name in names})
    index = {"metadata": {}, "weight_map": home}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index, indent=1), encoding="utf-8")


def make(folder, name, family):
    for seed in range(100):
        generator = torch.Generator().manual_seed(seed)
        first = family["cases"][0]
        model = build(first["config"])
        draw(model, family["type"], generator)
        cases = []
        for described in family["cases"]:
            found = reference(model.state_dict(), described, generator)
            if found is None:
                break
            cases.append(found)
        else:
            home = folder / name
            home.mkdir(parents=True, exist_ok=True)
            tied = first["config"]["tie_word_embeddings"]
            save(home, model.state_dict(), family["type"], tied, family.get("shards", 1))
            text = json.dumps({"seed": seed, "versions": VERSIONS, "cases": cases})
            (home / "reference.json").write_text(text + "\n", encoding="utf-8")
            print(name, "seed", seed, [len(set(one["greedy"])) for one in cases])
            return
    raise SystemExit(f"{name}: every seed has a close decision")


def main(folder):
    found = {"torch": torch.__version__.split("+")[0], "transformers": transformers.__version__}
    if found != VERSIONS:
        raise SystemExit(f"versions: {found} (expected: {VERSIONS})")
    torch.set_num_threads(1)
    for name, family in FAMILIES.items():
        make(Path(folder), name, family)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
