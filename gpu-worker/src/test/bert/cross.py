#!/usr/bin/env python3
"""Writes a small random cross-encoder, and the relevance of documents to queries that transformers computes with it.

Usage: cross.py TINY_BERT FOLDER    the model folder with the tokenizer of TINY_BERT, and FOLDER.json beside it

Scores are the sigmoid of the one logit, as sentence-transformers' CrossEncoder has them. Made with torch 2.15.0,
transformers 5.24.0 and tokenizers; other versions may give other weights.
"""
import json
import shutil
import sys
from pathlib import Path

import torch
from tokenizers import Tokenizer
from transformers import BertConfig, BertForSequenceClassification

SEED = 20261201
SHAPE = dict(
    vocab_size=192,
    hidden_size=32,
    num_hidden_layers=2,
    num_attention_heads=4,
    intermediate_size=64,
    max_position_embeddings=80,
    type_vocab_size=2,
    layer_norm_eps=1e-12,
    num_labels=1,
)
QUERIES = {
    "where is the cat": ["the cat is in the house", "the dog walks to the river", "a", "[SEP] cat", "cat " * 30],
    "naïve café": ["Straße 42", "漢字 and 中文", "naive cafe"],
    "a": ["a"],
}


def randomized(model):
    """Every weight counts, the second type of segment and the head included."""
    with torch.no_grad():
        for name, weight in model.named_parameters():
            centre = 1.0 if name.endswith("LayerNorm.weight") else 0.0
            spread = 2.0 if name.startswith("classifier") else 0.5 if "type" in name or "pooler" in name else 0.15
            weight.copy_(centre + spread * torch.randn(weight.shape))
    return model.eval()


def logit(model, tokenizer, query, document):
    tokenizer.encode_special_tokens = True
    pair = tokenizer.encode(query, document)
    with torch.no_grad():
        logits = model(
            input_ids=torch.tensor([pair.ids]),
            token_type_ids=torch.tensor([pair.type_ids]),
            attention_mask=torch.ones(1, len(pair.ids), dtype=torch.long),
        ).logits
    return len(pair.ids), logits[0, 0]


def centred(model, tokenizer):
    """Relevance is not near 0 or 1 for all documents."""
    found = [logit(model, tokenizer, query, one)[1] for query, documents in QUERIES.items() for one in documents]
    with torch.no_grad():
        model.classifier.bias -= torch.stack(found).mean()


def score(model, tokenizer, query, document):
    length, found = logit(model, tokenizer, query, document)
    return length, float(f"{torch.sigmoid(found).item():.9g}")


def main(tiny_bert, folder):
    torch.manual_seed(SEED)
    shutil.rmtree(folder, ignore_errors=True)
    model = randomized(BertForSequenceClassification(BertConfig(**SHAPE)))
    tokenizer = Tokenizer.from_file(str(tiny_bert / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    centred(model, tokenizer)
    model.save_pretrained(folder)
    for file in ("tokenizer.json", "tokenizer_config.json", "vocab.txt"):
        shutil.copy(tiny_bert / file, folder / file)
    cases = []
    for query, documents in QUERIES.items():
        scores = [score(model, tokenizer, query, document) for document in documents]
        cases.append(
            {
                "query": query,
                "documents": documents,
                "tokens": [length for length, _ in scores],
                "scores": [value for _, value in scores],
            }
        )
    folder.with_suffix(".json").write_text(json.dumps(cases, indent=1) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
