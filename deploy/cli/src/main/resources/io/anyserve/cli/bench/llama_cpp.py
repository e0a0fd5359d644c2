"""Measures llama.cpp as `./anyserve bench engine --peers` measures the torch engine.

    python llama_cpp.py MODEL THREADS STEPS FOLDER [QUANTIZATION...]

MODEL is a GGUF file, or "random" for the shape of Qwen2.5-0.5B with random weights. For each quantization (Q8_0, Q4_0, ...)
the file is written anew into FOLDER and run by llama.cpp's server in this process, without HTTP. Each line of standard output is
a JSON object: the quantization, and tokens per second of 1, 8 and 32 sequences and of a prompt of 512 tokens.

Contexts are those of the engine's benchmark: around 300 tokens of one sequence, 150 to 300 of several. Prompts are read
before the clock runs; then all sequences decode together.

Needs the packages xllamacpp 2026.10.11549, gguf 0.19.0 and numpy.
"""

import json
import os
import random
import sys
import threading

import gguf
import numpy
import xllamacpp

CONTEXT = 300
PROMPT = 512
SLOTS = 32
SLOT_LENGTH = 1024
PREFILLS = 4


def random_model(path, quantization):
    """The shape of Qwen2.5-0.5B; token texts are of no use, as prompts are token ids."""
    hidden, layers, heads, kv_heads, feed, vocabulary = 896, 24, 14, 2, 4864, 151936
    head = hidden // heads
    writer = gguf.GGUFWriter(path, "qwen2")
    writer.add_block_count(layers)
    writer.add_context_length(32768)
    writer.add_embedding_length(hidden)
    writer.add_feed_forward_length(feed)
    writer.add_head_count(heads)
    writer.add_head_count_kv(kv_heads)
    writer.add_rope_freq_base(1e6)
    writer.add_layer_norm_rms_eps(1e-6)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("qwen2")
    writer.add_token_list([f"t{i}" for i in range(vocabulary)])
    writer.add_token_types([1] * vocabulary)
    writer.add_token_merges(["t 0"])
    writer.add_eos_token_id(vocabulary - 1)
    draw = numpy.random.default_rng(1)
    add(writer, "token_embd.weight", (vocabulary, hidden), draw, quantization)
    for layer in range(layers):
        block = f"blk.{layer}."
        for name, shape in [
            ("attn_q", (hidden, hidden)),
            ("attn_k", (kv_heads * head, hidden)),
            ("attn_v", (kv_heads * head, hidden)),
            ("attn_output", (hidden, hidden)),
            ("ffn_gate", (feed, hidden)),
            ("ffn_up", (feed, hidden)),
            ("ffn_down", (hidden, feed)),
        ]:
            add(writer, block + name + ".weight", shape, draw, quantization)
        for name, size in [("attn_q", hidden), ("attn_k", kv_heads * head), ("attn_v", kv_heads * head)]:
            writer.add_tensor(block + name + ".bias", numpy.zeros(size, dtype=numpy.float32))
        for name in ("attn_norm", "ffn_norm"):
            writer.add_tensor(block + name + ".weight", numpy.ones(hidden, dtype=numpy.float32))
    writer.add_tensor("output_norm.weight", numpy.ones(hidden, dtype=numpy.float32))
    finish(writer)


def add(writer, name, shape, draw, quantization):
    add_quantized(writer, name, draw.standard_normal(shape, dtype=numpy.float32) * 0.03, quantization)


def add_quantized(writer, name, weights, quantization):
    kind = gguf.GGMLQuantizationType[quantization]
    writer.add_tensor(name, gguf.quants.quantize(weights, kind), raw_dtype=kind)


def converted(source, path, quantization):
    """The same model with its matrices in another quantization."""
    reader = gguf.GGUFReader(source)
    architecture = reader.get_field("general.architecture").contents()
    writer = gguf.GGUFWriter(path, architecture)
    for field in reader.fields.values():
        if field.name == "general.architecture" or field.name.startswith("GGUF."):
            continue
        kind = field.types[0]
        inner = field.types[-1] if kind == gguf.GGUFValueType.ARRAY else None
        writer.add_key_value(field.name, field.contents(), kind, sub_type=inner)
    for tensor in reader.tensors:
        weights = gguf.quants.dequantize(tensor.data, tensor.tensor_type)
        if len(tensor.shape) > 1:
            add_quantized(writer, tensor.name, weights, quantization)
        else:
            writer.add_tensor(tensor.name, weights)
    finish(writer)


def finish(writer):
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


class Peer:
    def __init__(self, path, threads):
        reader = gguf.GGUFReader(path)
        self.vocabulary = len(reader.get_field("tokenizer.ggml.tokens").data)
        settings = xllamacpp.CommonParams()
        settings.model.path = path
        settings.n_ctx = SLOTS * SLOT_LENGTH
        settings.n_parallel = SLOTS
        settings.cpuparams.n_threads = threads
        settings.cpuparams_batch.n_threads = threads
        settings.verbosity = 0
        self.server = xllamacpp.Server(settings)

    def ask(self, slot, prompt, tokens):
        answer = self.server.handle_completions(
            {
                "prompt": prompt,
                "n_predict": tokens,
                "temperature": 0,
                "ignore_eos": True,
                "id_slot": slot,
                "cache_prompt": True,
            }
        )
        answer = json.loads(answer) if isinstance(answer, str) else answer
        if "timings" not in answer:
            raise SystemExit(f"llama.cpp: {answer} (expected: an answer with timings)")
        return answer["timings"]

    def prompt(self, draw, length):
        return [draw.randrange(self.vocabulary) for _ in range(length)]

    def prefill(self):
        draw = random.Random(2)
        return max(
            self.ask(0, self.prompt(draw, PROMPT), 1)["prompt_per_second"] for _ in range(PREFILLS)
        )

    def decode(self, batch, steps):
        draw = random.Random(1)
        prompts = [
            self.prompt(draw, CONTEXT if batch == 1 else CONTEXT // 2 + draw.randrange(CONTEXT // 2))
            for _ in range(batch)
        ]
        self.together(prompts, 1)
        return sum(timing["predicted_per_second"] for timing in self.together(prompts, steps))

    def together(self, prompts, tokens):
        timings = [None] * len(prompts)

        def one(slot):
            timings[slot] = self.ask(slot, prompts[slot], tokens)

        threads = [threading.Thread(target=one, args=(slot,)) for slot in range(len(prompts))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return timings


def main():
    source, threads, steps, folder, *quantizations = sys.argv[1:]
    for quantization in quantizations:
        path = os.path.join(folder, f"peer-{quantization}.gguf")
        if source == "random":
            random_model(path, quantization)
        else:
            converted(source, path, quantization)
        peer = Peer(path, int(threads))
        print(
            json.dumps(
                {
                    "quantization": quantization,
                    "batch1": peer.decode(1, int(steps)),
                    "batch8": peer.decode(8, int(steps)),
                    "batch32": peer.decode(32, int(steps)),
                    "prefill": peer.prefill(),
                }
            ),
            flush=True,
        )
        del peer
        os.remove(path)


if __name__ == "__main__":
    main()
