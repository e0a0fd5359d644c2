#!/usr/bin/env python3
"""Makes the small checkpoint of the vision tests, and what transformers computes with it.

Usage: vision_fixtures.py FOLDER    (gpu-worker/src/test/resources/io/anyserve/worker/torch/vision)

    python3 -m venv fixtures
    fixtures/bin/pip install torch==2.15.0 transformers==5.24.0 safetensors==0.8.0 pillow==12.3.0
    fixtures/bin/python gpu-worker/src/test/python/vision_fixtures.py \\
      gpu-worker/src/test/resources/io/anyserve/worker/torch/vision

FOLDER/smolvlm is a model folder as SmolVLM has it, with random weights: a tower of two layers, a connector, a decoder
of two layers, a tokenizer of single bytes, and the template and the processor files of SmolVLM with smaller sizes.
FOLDER/images has images of several kinds. FOLDER/reference.json has, for every image, its tiles before they are
normalised; for one of them, its pixel values and its features; and cases: messages with images, the tokens of their
prompt, the logits of its last tokens, and the 64 likeliest tokens that follow one after the other. Everything is
computed in f32 without a cache, by eager attention. Weights are drawn again until no decision among tokens is close.
"""
import base64
import json
import sys
from pathlib import Path

import numpy
import PIL
import tokenizers
import torch
import transformers
from PIL import Image, ImageOps
from safetensors.torch import save_file
from transformers.models.idefics3.image_processing_pil_idefics3 import Idefics3ImageProcessorPil
from transformers.models.smolvlm.processing_smolvlm import get_image_prompt_string

VERSIONS = {"torch": "2.15.0", "transformers": "5.24.0", "pillow": "12.3.0"}
ANSWER = 64
ROWS = 24
CLOSE = 2e-3
TILE = 24
EDGE = 48

TEMPLATE = (
    "<|im_start|>{% for message in messages %}{{message['role'] | capitalize}}{% if message['content'][0]['type'] =="
    " 'image' %}{{':'}}{% else %}{{': '}}{% endif %}{% for line in message['content'] %}{% if line['type'] == 'text'"
    " %}{{line['text']}}{% elif line['type'] == 'image' %}{{ '<image>' }}{% endif %}{% endfor %}<end_of_utterance>\n"
    "{% endfor %}{% if add_generation_prompt %}{{ 'Assistant:' }}{% endif %}"
)
SPECIAL = [
    "<|endoftext|>",
    "<|im_start|>",
    "<end_of_utterance>",
    "<fake_token_around_image>",
    "<image>",
    "<global-img>",
    *[f"<row_{row}_col_{column}>" for row in range(1, 5) for column in range(1, 5)],
]
PREPROCESSOR = {
    "do_convert_rgb": True,
    "do_image_splitting": True,
    "do_normalize": True,
    "do_pad": True,
    "do_rescale": True,
    "do_resize": True,
    "image_mean": [0.5, 0.45, 0.4],
    "image_processor_type": "Idefics3ImageProcessor",
    "image_std": [0.5, 0.3, 0.25],
    "max_image_size": {"longest_edge": TILE},
    "processor_class": "Idefics3Processor",
    "resample": 1,
    "rescale_factor": 0.00392156862745098,
    "size": {"longest_edge": EDGE},
}
CONVERSATIONS = {
    "square": [("user", ["squares.png", "What is this?"])],
    "two": [
        ("system", ["Look well."]),
        ("user", ["Compare ", "wide.png", " with ", "alpha.png", "\nNow."]),
    ],
    "turns": [
        ("user", ["tall.png", "Describe it."]),
        ("assistant", ["A tower."]),
        ("user", ["Is <image> here? <row_1_col_1>"]),
    ],
    "text": [("user", ["Say something."])],
}


def tokenizer():
    bytes_ = sorted(tokenizers.pre_tokenizers.ByteLevel.alphabet())
    vocabulary = {symbol: index for index, symbol in enumerate(bytes_)}
    made = tokenizers.Tokenizer(tokenizers.models.BPE(vocab=vocabulary, merges=[]))
    made.pre_tokenizer = tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = tokenizers.decoders.ByteLevel()
    made.add_special_tokens([tokenizers.AddedToken(name, special=True, normalized=False) for name in SPECIAL])
    return made


def config(made):
    return {
        "architectures": ["Idefics3ForConditionalGeneration"],
        "model_type": "idefics3",
        "image_token_id": made.token_to_id("<image>"),
        "scale_factor": 2,
        "tie_word_embeddings": False,
        "text_config": {
            "model_type": "llama",
            "hidden_size": 32,
            "intermediate_size": 48,
            "num_hidden_layers": 2,
            "num_attention_heads": 4,
            "num_key_value_heads": 2,
            "head_dim": 8,
            "vocab_size": made.get_vocab_size() + 2,
            "max_position_embeddings": 512,
            "rms_norm_eps": 1e-5,
            "rope_theta": 10000.0,
            "rope_interleaved": False,
            "bos_token_id": made.token_to_id("<|im_start|>"),
            "eos_token_id": made.token_to_id("<end_of_utterance>"),
            "pad_token_id": made.token_to_id("<|endoftext|>"),
        },
        "vision_config": {
            "model_type": "idefics3",
            "hidden_size": 32,
            "intermediate_size": 40,
            "num_hidden_layers": 2,
            "num_attention_heads": 4,
            "image_size": TILE,
            "patch_size": 4,
            "max_image_size": {"longest_edge": TILE},
            "size": {"longest_edge": EDGE},
        },
    }


def build(described, kind):
    rest = json.loads(json.dumps({key: value for key, value in described.items() if key not in ("model_type",)}))
    rest["vision_config"].pop("model_type")
    full = transformers.AutoConfig.for_model(kind, **rest)
    model = transformers.AutoModelForImageTextToText.from_config(full, attn_implementation="eager", dtype=torch.float32)
    return model.eval()


def draw(model, generator):
    for name, parameter in model.named_parameters():
        noise = torch.randn(parameter.shape, generator=generator)
        if "norm" in name and name.endswith("weight"):
            values = 0.2 * noise + 1
        elif name.endswith("bias"):
            values = 0.2 * noise
        elif "embed_tokens" in name or "position_embedding" in name:
            values = noise
        else:
            values = noise * 1.5 / parameter[0].numel() ** 0.5
        parameter.data.copy_(values.to(torch.bfloat16).float())


def picture(width, height, bands, seed):
    """Smooth colours with edges and some noise."""
    random = numpy.random.default_rng(seed)
    y, x = numpy.mgrid[0:height, 0:width]
    layers = []
    for band in range(bands):
        wave = 127 + 90 * numpy.sin(x / (3.0 + band) + seed) + 60 * numpy.cos(y / (5.0 + 2 * band))
        box = 80 * ((x // 7 + y // 5 + band) % 2)
        layers.append(numpy.clip(wave + box - 40 + random.normal(0, 12, (height, width)), 0, 255))
    return numpy.stack(layers, -1).astype(numpy.uint8)


def images(folder):
    """By file name, upright."""
    folder.mkdir(parents=True, exist_ok=True)
    Image.fromarray(picture(40, 40, 3, 1)).save(folder / "squares.png")
    Image.fromarray(picture(90, 41, 3, 2)).save(folder / "wide.png")
    Image.fromarray(picture(17, 64, 3, 3)).save(folder / "tall.png")
    Image.fromarray(picture(21, 30, 4, 4), "RGBA").save(folder / "alpha.png")
    Image.fromarray(picture(33, 25, 1, 5)[:, :, 0], "L").save(folder / "gray.png")
    Image.fromarray(picture(48, 48, 3, 6)).quantize(17).save(folder / "palette.png")
    Image.fromarray(picture(30, 30, 3, 10)).quantize(5).save(folder / "holes.png", transparency=2)
    keyed = picture(28, 20, 3, 11)
    keyed[4:9, 3:20] = (10, 200, 30)
    Image.fromarray(keyed).save(folder / "keyed.png", transparency=(10, 200, 30))
    Image.fromarray(picture(26, 22, 2, 12), "LA").save(folder / "grayalpha.png")
    Image.fromarray(picture(1, 1, 3, 7)).save(folder / "dot.png")
    Image.fromarray(picture(200, 2, 3, 8)).save(folder / "line.png")
    Image.fromarray(picture(70, 50, 3, 9)).save(folder / "photo.jpg", quality=90, subsampling=2)
    for orientation in range(2, 9):
        exif = Image.Exif()
        exif[0x112] = orientation
        turned = Image.fromarray(picture(26, 18, 3, 13)).resize((52, 36))
        turned.save(folder / f"turned{orientation}.jpg", quality=95, subsampling=0, exif=exif)
    return {file.name: ImageOps.exif_transpose(Image.open(file)) for file in sorted(folder.iterdir())}


def encoded(array, kind):
    return base64.b64encode(numpy.ascontiguousarray(array, kind).tobytes()).decode("ascii")


def tiles(processor, image):
    plain = processor(
        [[image]], do_rescale=False, do_normalize=False, return_row_col_info=True, return_tensors="np"
    )
    return {
        "rows": plain["rows"][0][0],
        "columns": plain["cols"][0][0],
        "tiles": encoded(plain["pixel_values"][0], numpy.uint8),
    }


def messages(turns):
    return [
        {
            "role": role,
            "content": [
                {"type": "image"} if "." in part[-4:] and part[-3:] in ("png", "jpg") else {"type": "text", "text": part}
                for part in parts
            ],
        }
        for role, parts in turns
    ]


def logits(model, ids, inputs):
    with torch.no_grad():
        return model(input_ids=torch.tensor([ids]), use_cache=False, **inputs).logits[0]


def shown(row):
    return [float(f"{value:.7g}") for value in row]


def inputs_of(turns, processor, found, made, seq):
    """The prompt as the processor makes it, but that what users wrote is no markup."""
    used = [part for _, parts in turns for part in parts if part in found]
    rendered = transformers.utils.chat_template_utils.render_jinja_template(
        conversations=[messages([(role, [p.replace("<", "\ue000") for p in parts]) for role, parts in turns])],
        chat_template=TEMPLATE,
        add_generation_prompt=True,
    )[0][0]
    pixels = {}
    if used:
        read = processor([[found[name] for name in used]], return_row_col_info=True, return_tensors="pt")
        pixels = {"pixel_values": read["pixel_values"], "pixel_attention_mask": read["pixel_attention_mask"]}
        pieces = rendered.split("<image>")
        text = pieces[0]
        for index, piece in enumerate(pieces[1:]):
            text += get_image_prompt_string(
                read["rows"][0][index],
                read["cols"][0][index],
                seq,
                fake_token_around_image="<fake_token_around_image>",
                image_token="<image>",
                global_image_token="<global-img>",
            )
            text += piece
        rendered = text
    ids = []
    for index, piece in enumerate(rendered.split("\ue000")):
        ids += made.encode("<").ids if index else []
        ids += made.encode(piece).ids
    return used, ids, pixels


def reference(name, turns, model, others, processor, found, made, seq):
    """None when a decision is close."""
    used, prompt, pixels = inputs_of(turns, processor, found, made, seq)
    whole = logits(model, prompt, pixels)
    for other in others:
        assert torch.equal(whole, logits(other, prompt, pixels))
    greedy, last, spread = [], whole[-1], whole.std().item()
    for _ in range(ANSWER):
        best = torch.topk(last, 2).values
        if best[0] - best[1] < CLOSE * spread:
            return None
        greedy.append(int(torch.argmax(last)))
        last = logits(model, prompt + greedy, pixels)[-1]
    if len(set(greedy)) < 8:
        return None
    return {
        "name": name,
        "messages": [
            {"role": role, "parts": [{"image": part} if part in found else {"text": part} for part in parts]}
            for role, parts in turns
        ],
        "prompt": prompt,
        "logits": [shown(row) for row in whole[-ROWS:].tolist()],
        "greedy": greedy,
    }


def write(path, content):
    path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def main(folder):
    found = {
        "torch": torch.__version__.split("+")[0],
        "transformers": transformers.__version__,
        "pillow": PIL.__version__,
    }
    if found != VERSIONS:
        raise SystemExit(f"versions: {found} (expected: {VERSIONS})")
    torch.set_num_threads(1)
    made = tokenizer()
    described = config(made)
    seq = (TILE // 4) ** 2 // described["scale_factor"] ** 2
    home = folder / "smolvlm"
    home.mkdir(parents=True, exist_ok=True)
    made.save(str(home / "tokenizer.json"))
    write(home / "config.json", described)
    write(home / "preprocessor_config.json", PREPROCESSOR)
    write(home / "processor_config.json", {"image_seq_len": seq, "processor_class": "Idefics3Processor"})
    write(home / "chat_template.json", {"chat_template": TEMPLATE})
    write(
        home / "tokenizer_config.json",
        {"bos_token": "<|im_start|>", "eos_token": "<end_of_utterance>", "tokenizer_class": "GPT2Tokenizer"},
    )
    write(home / "generation_config.json", {"eos_token_id": described["text_config"]["eos_token_id"]})
    settings = {key: PREPROCESSOR[key] for key in PREPROCESSOR if not key.endswith(("type", "class"))}
    processor = Idefics3ImageProcessorPil(**settings)
    pictures = images(folder / "images")
    for seed in range(200):
        generator = torch.Generator().manual_seed(seed)
        model = build(described, "idefics3")
        draw(model, generator)
        other = build(described, "smolvlm")
        other.load_state_dict(model.state_dict(), strict=True)
        cases = []
        for name, turns in CONVERSATIONS.items():
            case = reference(name, turns, model, [other], processor, pictures, made, seq)
            if case is None:
                break
            cases.append(case)
        else:
            break
    else:
        raise SystemExit("every seed has a close decision")
    read = processor([[pictures["wide.png"]]], return_tensors="pt")
    with torch.no_grad():
        features = model.model.get_image_features(read["pixel_values"], read["pixel_attention_mask"], return_dict=True)
    save_file({name: tensor.to(torch.bfloat16).contiguous() for name, tensor in model.state_dict().items()}, home / "model.safetensors")
    content = {
        "seed": seed,
        "versions": VERSIONS,
        "images": {name: tiles(processor, image) for name, image in pictures.items()},
        "wide": {
            "pixels": encoded(read["pixel_values"][0].numpy(), numpy.float32),
            "features": encoded(features.pooler_output[0].numpy(), numpy.float32),
        },
        "cases": cases,
    }
    (folder / "reference.json").write_text(json.dumps(content) + "\n", encoding="utf-8")
    print("seed", seed, [(len(case["prompt"]), len(set(case["greedy"]))) for case in cases])


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
