"""Writes the golden GGUF resources of GgufGoldenTest with the format's own Python package.

    python gguf_golden.py ../resources/format

Needs gguf, numpy, safetensors and tokenizers. Everything follows from SEED: the same package versions give the same
bytes. Files written:
  gguf-blocks.json   stored blocks of each type and the values the package gives for them, both as hex
  tiny.gguf          a LLaMA of 2 layers, a tensor of every type, rows of q and k in the format's order
  tiny.json          SHA-256 of each of its tensors as fp32 in Hugging Face's names and order; token ids of some texts
"""
import hashlib
import json
import pathlib
import sys

import gguf
import numpy as np
from gguf import GGMLQuantizationType as Q
from gguf import quants
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

SEED = 20240625
HIDDEN, MIDDLE, HEADS, KV_HEADS, LAYERS, CONTEXT = 32, 256, 2, 1, 2, 64
TYPES = [Q.F32, Q.F16, Q.BF16, Q.Q8_0, Q.Q4_0, Q.Q4_1, Q.Q6_K]


def stored(values, kind, random):
    """Values as the type stores them. The package cannot write Q6_K, so its blocks are drawn instead."""
    if kind == Q.Q6_K:
        blocks = values.size // 256
        raw = random.integers(0, 256, (blocks, 210), dtype=np.uint8)
        raw[:, 208:] = (random.random((blocks, 1)) * 1e-3).astype(np.float16).view(np.uint8)
        return raw.reshape(*values.shape[:-1], -1)
    if kind == Q.F32:
        return values
    if kind == Q.F16:
        return values.astype(np.float16)
    return quants.quantize(values, kind)


def widened(raw, kind):
    if kind == Q.F32:
        return raw
    if kind == Q.F16:
        return raw.astype(np.float32)
    return quants.dequantize(raw, kind)


def interleave(rows, heads):
    """Row order of the format: what the reference converter does to q and k."""
    return rows.reshape(heads, 2, rows.shape[0] // heads // 2, -1).swapaxes(1, 2).reshape(rows.shape)


def half_split(rows, heads):
    return rows.reshape(heads, rows.shape[0] // heads // 2, 2, -1).swapaxes(1, 2).reshape(rows.shape)


def blocks(random):
    out = {}
    for kind in TYPES:
        values = (random.standard_normal((2, 256)) * 3).astype(np.float32)
        values[0, :4] = [0.0, -0.0, 1e-7, 65000.0]
        raw = stored(values, kind, random)
        out[kind.name] = {"stored": raw.tobytes().hex(), "float32": widened(raw, kind).astype("<f4").tobytes().hex()}
    return out


def tokenizer():
    """A small byte-level BPE that splits as SmolLM2's does."""
    text = ["Natalia sold clips to 48 of her friends in April.", "She sold half as many clips in May.",
            "### Response:\nIt's 24 clips, and they're sold.", "    for i in range(10):\n        print(i)"] * 4
    out = Tokenizer(models.BPE())
    out.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)])
    out.decoder = decoders.ByteLevel()
    out.train_from_iterator(text, trainers.BpeTrainer(
        vocab_size=330, special_tokens=["<|endoftext|>", "<|im_start|>", "<|im_end|>"], show_progress=False,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet()))
    return out


def main(directory):
    random = np.random.default_rng(SEED)
    (directory / "gguf-blocks.json").write_text(json.dumps(blocks(random), indent=1) + "\n")

    bpe = tokenizer()
    model = json.loads(bpe.to_str())["model"]
    tokens = sorted(model["vocab"], key=model["vocab"].get)
    writer = gguf.GGUFWriter(directory / "tiny.gguf", "llama")
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(HIDDEN)
    writer.add_block_count(LAYERS)
    writer.add_feed_forward_length(MIDDLE)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(KV_HEADS)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_freq_base(10000.0)
    writer.add_rope_dimension_count(HIDDEN // HEADS)
    writer.add_vocab_size(len(tokens))
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("smollm")
    writer.add_token_list(tokens)
    writer.add_token_types([3 if i < 3 else 1 for i in range(len(tokens))])
    writer.add_token_merges([" ".join(m) if isinstance(m, list) else m for m in model["merges"]])
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_pad_token_id(2)
    writer.add_add_bos_token(False)

    hashes = {}

    def tensor(name, hf_name, shape, kind, heads=0):
        values = (random.standard_normal(shape) * 0.05).astype(np.float32)
        raw = stored(interleave(values, heads) if heads else values, kind, random)
        wide = widened(raw, kind)
        wide = half_split(wide, heads) if heads else wide
        hashes[hf_name] = hashlib.sha256(np.ascontiguousarray(wide).astype("<f4").tobytes()).hexdigest()
        writer.add_tensor(name, raw, raw_dtype=None if kind in (Q.F32, Q.F16) else kind)

    head = HIDDEN // HEADS
    tensor("token_embd.weight", "model.embed_tokens.weight", (len(tokens), HIDDEN), Q.Q8_0)
    for i, (q, k, v, o) in enumerate([(Q.Q4_1, Q.Q4_0, Q.F16, Q.BF16), (Q.Q8_0, Q.F32, Q.Q4_0, Q.Q4_1)]):
        gg, hf = f"blk.{i}.", f"model.layers.{i}."
        tensor(gg + "attn_norm.weight", hf + "input_layernorm.weight", (HIDDEN,), Q.F32)
        tensor(gg + "attn_q.weight", hf + "self_attn.q_proj.weight", (HEADS * head, HIDDEN), q, HEADS)
        tensor(gg + "attn_k.weight", hf + "self_attn.k_proj.weight", (KV_HEADS * head, HIDDEN), k, KV_HEADS)
        tensor(gg + "attn_v.weight", hf + "self_attn.v_proj.weight", (KV_HEADS * head, HIDDEN), v)
        tensor(gg + "attn_output.weight", hf + "self_attn.o_proj.weight", (HIDDEN, HEADS * head), o)
        tensor(gg + "ffn_norm.weight", hf + "post_attention_layernorm.weight", (HIDDEN,), Q.F32)
        tensor(gg + "ffn_gate.weight", hf + "mlp.gate_proj.weight", (MIDDLE, HIDDEN), Q.Q4_0)
        tensor(gg + "ffn_up.weight", hf + "mlp.up_proj.weight", (MIDDLE, HIDDEN), Q.Q4_1)
        tensor(gg + "ffn_down.weight", hf + "mlp.down_proj.weight", (HIDDEN, MIDDLE), Q.Q6_K)
    tensor("output_norm.weight", "model.norm.weight", (HIDDEN,), Q.F32)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()

    texts = ["Natalia sold 48/2 = 24 clips.\n\n### Response:\nIt's 1234 — café", "  two  spaces", "a<|im_end|>b", "1 000",
             "they're\tselling"]
    (directory / "tiny.json").write_text(json.dumps({
        "sha256": hashes,
        "tokens": {text: bpe.encode(text, add_special_tokens=False).ids for text in texts},
    }, indent=1) + "\n")


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
