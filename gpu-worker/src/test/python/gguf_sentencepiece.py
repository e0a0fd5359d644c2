#!/usr/bin/env python3
"""Trains a small SentencePiece model with bytes to fall back to, and records its tokens and what it makes of texts.

    python3 -m venv gguf-tools && gguf-tools/bin/pip install sentencepiece==0.2.3
    gguf-tools/bin/python gpu-worker/src/test/python/gguf_sentencepiece.py \
      > gpu-worker/src/test/resources/io/anyserve/worker/torch/gguf/sentencepiece.json

GgufTokenizerIT compares the tokenizer that we make of the tokens and their scores with the record.
"""
import io
import json

import sentencepiece

TRAINING = """The quick brown fox jumps over the lazy dog, and the dog sleeps on.
Once upon a time there was a small mouse who lived near the river; the river was wide.
There were three mice in the house: one was quick, one was slow, and one was asleep.
for i in range(10): print(i, i * i)    # the squares of the first numbers
In the year 1984 there were 12 houses and 365 days; the other numbers are 7, 42 and 1000.
The mouse said: "I'm here, you're there, and they've gone over the hills."
Über den Wolken muß die Freiheit wohl grenzenlos sein, naïve café.
"""

TEXTS = [
    "The quick mouse was over there.",
    "the other river",
    "  two spaces  and   three",
    "x = 12345 * 67\n\tprint(x)",
    "naïve café, 漢字 and 😀!",
    "they're asleep\n\n",
    " ",
    "a",
]


def main():
    record = {}
    for prefix in (True, False):
        model = io.BytesIO()
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=iter(TRAINING.splitlines() * 3),
            model_writer=model,
            model_type="bpe",
            vocab_size=420,
            byte_fallback=True,
            character_coverage=1.0,
            add_dummy_prefix=prefix,
            remove_extra_whitespaces=False,
            normalization_rule_name="identity",
            split_digits=True,
            minloglevel=2,
        )
        tokenizer = sentencepiece.SentencePieceProcessor(model_proto=model.getvalue())
        ids = range(tokenizer.get_piece_size())
        record["prefix" if prefix else "plain"] = {
            "tokens": [tokenizer.id_to_piece(i) for i in ids],
            "scores": [tokenizer.get_score(i) for i in ids],
            "types": [kind_of(tokenizer, i) for i in ids],
            "texts": [{"text": text, "ids": tokenizer.encode(text)} for text in TEXTS],
        }
    print(json.dumps(record, ensure_ascii=False, indent=None, separators=(",", ":")))


def kind_of(tokenizer, token):
    if tokenizer.is_unknown(token):
        return 2
    if tokenizer.is_control(token):
        return 3
    return 6 if tokenizer.is_byte(token) else 1


if __name__ == "__main__":
    main()
