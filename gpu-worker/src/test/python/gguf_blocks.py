#!/usr/bin/env python3
"""Records what llama.cpp's Python package makes of random blocks of each type that GGUF files may have.

    python3 -m venv gguf-tools && gguf-tools/bin/pip install gguf==0.19.0 numpy==2.4.6
    gguf-tools/bin/python gpu-worker/src/test/python/gguf_blocks.py \
      > gpu-worker/src/test/resources/io/anyserve/worker/torch/gguf/blocks.json

BlockTypeTest compares our decoders with the record. The floats are written by their bits, in hexadecimal.
"""
import json

import numpy
from gguf.constants import GGML_QUANT_SIZES, GGMLQuantizationType
from gguf.quants import dequantize

SCALES = {
    "Q4_0": [0],
    "Q4_1": [0, 2],
    "Q5_0": [0],
    "Q5_1": [0, 2],
    "Q8_0": [0],
    "Q4_K": [0, 2],
    "Q5_K": [0, 2],
    "Q6_K": [208],
}
BLOCKS = {32: 4, 256: 2}


def blocks(random, name):
    values, size = GGML_QUANT_SIZES[GGMLQuantizationType[name]]
    data = random.integers(0, 256, (BLOCKS[values], size), dtype=numpy.uint8)
    for place in SCALES[name]:
        scales = (random.standard_normal(len(data)) * 0.05).astype(numpy.float16)
        data[:, place : place + 2] = scales.view(numpy.uint8).reshape(-1, 2)
    return data


def main():
    random = numpy.random.default_rng(7)
    record = {}
    for name in SCALES:
        data = blocks(random, name)
        floats = dequantize(data, GGMLQuantizationType[name]).astype(numpy.float32)
        bits = floats.reshape(-1).view(numpy.uint32)
        record[name] = {"blocks": data.tobytes().hex(), "floats": "".join(f"{b:08x}" for b in bits)}
    print(json.dumps(record, indent=1))


if __name__ == "__main__":
    main()
