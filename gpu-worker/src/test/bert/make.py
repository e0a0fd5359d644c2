#!/usr/bin/env python3
"""Writes what the encoder's tests compare with: a small random BERT, and what the reference libraries say about it.

Usage: make.py tiny FOLDER           the model folder, and tiny-bert.json beside it: token ids and vectors
       make.py minilm MODEL FILE     vectors of all-MiniLM-L6-v2, whose folder is MODEL

Versions are pinned in requirements.txt; other versions may give other weights.
"""
import base64
import json
import random
import shutil
import sys
from pathlib import Path

import numpy
import torch
from sentence_transformers import SentenceTransformer, models
from tokenizers import Tokenizer, decoders, normalizers, pre_tokenizers, processors
from tokenizers.models import WordPiece
from transformers import BertConfig, BertModel, BertTokenizerFast

from texts import PAIRS, hostile

SEED = 20261130
SHAPE = dict(
    hidden_size=32,
    num_hidden_layers=2,
    num_attention_heads=4,
    intermediate_size=64,
    max_position_embeddings=80,
    type_vocab_size=2,
    layer_norm_eps=1e-12,
)
ACTIVATIONS = ["gelu", "gelu_new", "gelu_pytorch_tanh", "relu", "silu"]
SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
WORDS = "the a of and to in is it cat dog house river walk ##ing ##ed ##s ##er ##ly un ##able play strasse cafe naive".split()


def vocabulary():
    """Characters alone and inside words, and a few words."""
    letters = "abcdefghijklmnopqrstuvwxyz0123456789äéñßαβγдежіıœŁﬁ한글"
    marks = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~¡«»–—“”…€£©、。「」ABCÉ"
    ideographs = "漢字中文日本語𠀀"
    tokens = SPECIAL + list(letters) + ["##" + c for c in letters] + list(marks) + list(ideographs) + WORDS
    return list(dict.fromkeys(tokens))


def tokenizer(lowercase, strip_accents, chinese):
    ids = {token: i for i, token in enumerate(vocabulary())}
    made = Tokenizer(WordPiece(ids, unk_token="[UNK]", max_input_chars_per_word=100))
    made.normalizer = normalizers.BertNormalizer(
        clean_text=True, handle_chinese_chars=chinese, strip_accents=strip_accents, lowercase=lowercase
    )
    made.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    made.decoder = decoders.WordPiece()
    made.add_special_tokens(SPECIAL)
    made.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[(token, ids[token]) for token in ("[CLS]", "[SEP]")],
    )
    return made


def ids(made, texts):
    """What users write is ordinary text, even where it spells a special token."""
    made.no_padding()
    made.no_truncation()
    made.encode_special_tokens = True
    return [made.encode(text).ids for text in texts]


def randomized(model):
    """Norms and biases are not what a new model starts with, so that leaving one out changes vectors."""
    with torch.no_grad():
        for name, weight in model.named_parameters():
            centre = 1.0 if name.endswith("LayerNorm.weight") else 0.0
            weight.copy_(centre + 0.15 * torch.randn(weight.shape))
    return model.eval()


def sentence_model(folder, pooling, normalised):
    parts = [models.Transformer(str(folder)), models.Pooling(SHAPE["hidden_size"], pooling)]
    return SentenceTransformer(modules=parts + ([models.Normalize()] if normalised else []), device="cpu")


def vectors(model, texts):
    found = model.encode(texts, batch_size=4, convert_to_numpy=True, show_progress_bar=False)
    return [[float(f"{value:.9g}") for value in vector] for vector in found]


def tiny(folder):
    torch.manual_seed(SEED)
    shutil.rmtree(folder, ignore_errors=True)
    model = randomized(BertModel(BertConfig(vocab_size=len(vocabulary()), **SHAPE), add_pooling_layer=False))
    fast = BertTokenizerFast(tokenizer_object=tokenizer(True, None, True), model_max_length=80)
    model.save_pretrained(folder)
    fast.save_pretrained(folder)
    whole = sentence_model(folder, "mean", True)
    whole[0].max_seq_length = 64
    texts = ["The cat walks to the river.", "a", "", "Unable to play", "naïve café, Straße 42", "漢字 and 中文", "dog " * 40]
    for part in folder.rglob("*"):
        part.unlink() if part.is_file() else None
    whole.save(str(folder), create_model_card=False)
    (folder / "vocab.txt").write_text("\n".join(vocabulary()) + "\n", encoding="utf-8")
    reference = {"texts": texts, "vectors": {}, "tokens": []}
    for pooling in ("mean", "cls"):
        for normalised in (True, False):
            name = pooling + ("_normalised" if normalised else "")
            reference["vectors"][name] = vectors(sentence_model(folder, pooling, normalised), texts)
    for activation in ACTIVATIONS[1:]:
        variant = sentence_model(folder, "mean", True)
        variant[0].auto_model = with_activation(folder, activation)
        reference["vectors"][activation] = vectors(variant, texts)
    texts = hostile(random.Random(SEED))
    for lowercase, strip, chinese in ((True, None, True), (False, None, True), (True, False, True), (False, True, False)):
        part = texts if lowercase and strip is None else texts[:80]
        settings = {"lowercase": lowercase, "strip_accents": strip, "handle_chinese_chars": chinese}
        found = ids(tokenizer(lowercase, strip, chinese), part)
        reference["tokens"].append({**settings, "ids": found})
    reference["hostile"] = texts
    write(folder.with_suffix(".json"), reference)


def with_activation(folder, activation):
    return BertModel.from_pretrained(folder, hidden_act=activation, add_pooling_layer=False).eval()


def minilm(folder, file):
    model = SentenceTransformer(str(folder), device="cpu")
    texts = [text for pair in PAIRS for text in pair]
    found = model.encode(texts, convert_to_numpy=True).astype("<f2")
    packed = base64.b64encode(found.tobytes()).decode()
    ids = model.tokenizer.backend_tokenizer
    ids.no_padding()
    ids.no_truncation()
    write(file, {"sentences": texts, "tokens": [ids.encode(text).ids for text in texts], "vectors_f16": packed})


def write(file, content):
    lines = ",\n".join(f"{json.dumps(key)}: {json.dumps(value, ensure_ascii=True)}" for key, value in content.items())
    file.write_text("{\n" + lines + "\n}\n")


if __name__ == "__main__":
    if sys.argv[1] == "tiny":
        tiny(Path(sys.argv[2]))
    else:
        minilm(Path(sys.argv[2]), Path(sys.argv[3]))
