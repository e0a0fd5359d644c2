#!/usr/bin/env python3
"""Turns a GGUF file of the llama family into the Hugging Face folder that AnyServe reads, with bf16 weights.

Usage: convert.py FILE.gguf FOLDER    (needs the packages numpy and gguf)

Written for SmolLM2-135M-Instruct, whose text SmolLm2IT compares: byte-level BPE with single digits.
"""
import json
import struct
import sys
from pathlib import Path

import numpy
from gguf import GGUFReader
from gguf.quants import dequantize

LAYER = {
    "attn_norm": "input_layernorm",
    "ffn_norm": "post_attention_layernorm",
    "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj",
    "ffn_gate": "mlp.gate_proj",
    "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
}
WHOLE = {"token_embd": "model.embed_tokens", "output_norm": "model.norm", "output": "lm_head"}


def hugging_face_name(name):
    parts = name.removesuffix(".weight").split(".")
    if parts[0] == "blk":
        return f"model.layers.{parts[1]}.{LAYER[parts[2]]}.weight"
    return WHOLE[parts[0]] + ".weight"


def interleaved_to_halves(weight, heads):
    """GGUF orders the rows of query and key for rotary pairs (0, 1); Hugging Face has (0, D/2)."""
    return weight.reshape(heads, -1, 2, weight.shape[1]).swapaxes(1, 2).reshape(weight.shape)


def bf16(values):
    bits = numpy.ascontiguousarray(values, numpy.float32).view(numpy.uint32).astype(numpy.uint64)
    return ((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16).astype(numpy.uint16).tobytes()


def weights(reader, field):
    heads = {"attn_q": field("llama.attention.head_count"), "attn_k": field("llama.attention.head_count_kv")}
    for tensor in reader.tensors:
        shape = [int(size) for size in reversed(tensor.shape)]
        values = dequantize(tensor.data, tensor.tensor_type).astype(numpy.float32).reshape(shape)
        kind = tensor.name.split(".")[-2]
        if kind in heads:
            values = interleaved_to_halves(values, heads[kind])
        yield hugging_face_name(tensor.name), values


def write_safetensors(path, tensors):
    header, offset = {}, 0
    for name, values in tensors.items():
        end = offset + 2 * values.size
        header[name] = {"dtype": "BF16", "shape": list(values.shape), "data_offsets": [offset, end]}
        offset = end
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for values in tensors.values():
            file.write(bf16(values))


def config(field, tied):
    hidden, heads = field("llama.embedding_length"), field("llama.attention.head_count")
    return {
        "architectures": ["LlamaForCausalLM"],
        "model_type": "llama",
        "hidden_act": "silu",
        "hidden_size": hidden,
        "intermediate_size": field("llama.feed_forward_length"),
        "num_hidden_layers": field("llama.block_count"),
        "num_attention_heads": heads,
        "num_key_value_heads": field("llama.attention.head_count_kv"),
        "head_dim": hidden // heads,
        "max_position_embeddings": field("llama.context_length"),
        "rms_norm_eps": float(f'{field("llama.attention.layer_norm_rms_epsilon"):.3g}'),
        "rope_theta": float(field("llama.rope.freq_base")),
        "rope_scaling": None,
        "attention_bias": False,
        "mlp_bias": False,
        "vocab_size": field("llama.vocab_size"),
        "tie_word_embeddings": tied,
        "bos_token_id": field("tokenizer.ggml.bos_token_id"),
        "eos_token_id": field("tokenizer.ggml.eos_token_id"),
        "torch_dtype": "bfloat16",
    }


def tokenizer(field, tokens):
    control = [i for i, kind in enumerate(field("tokenizer.ggml.token_type")) if kind == 3]
    added = {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True}
    bytes_of = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True}
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [{"id": i, "content": tokens[i], **added} for i in control],
        "normalizer": None,
        "pre_tokenizer": {
            "type": "Sequence",
            "pretokenizers": [{"type": "Digits", "individual_digits": True}, bytes_of],
        },
        "post_processor": None,
        "decoder": {**bytes_of, "add_prefix_space": True},
        "model": {
            "type": "BPE",
            "dropout": None,
            "unk_token": None,
            "continuing_subword_prefix": None,
            "end_of_word_suffix": None,
            "fuse_unk": False,
            "byte_fallback": False,
            "ignore_merges": False,
            "vocab": {token: i for i, token in enumerate(tokens)},
            "merges": [merge.split(" ", 1) for merge in field("tokenizer.ggml.merges")],
        },
    }


def main(source, folder):
    reader = GGUFReader(source)

    def field(name):
        return reader.fields[name].contents()

    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    tensors = dict(weights(reader, field))
    write_safetensors(folder / "model.safetensors", tensors)
    shape = config(field, "lm_head.weight" not in tensors)
    tokens = field("tokenizer.ggml.tokens")
    chat = {
        "bos_token": tokens[shape["bos_token_id"]],
        "eos_token": tokens[shape["eos_token_id"]],
        "chat_template": field("tokenizer.chat_template"),
    }
    ends = {"eos_token_id": shape["eos_token_id"]}
    files = {"config": shape, "tokenizer": tokenizer(field, tokens), "tokenizer_config": chat, "generation_config": ends}
    for name, content in files.items():
        (folder / f"{name}.json").write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
