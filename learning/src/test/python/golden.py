"""Writes the golden files of the model tests: a tiny LLaMA with grouped-query attention, LoRA factors, and what
PyTorch computes from them in float64.

Run: python golden.py <output directory>, with torch, safetensors and numpy; where transformers is installed the
logits are checked against its LLaMA too. The files depend on the seed below alone.
"""

import json
import math
import sys
from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.torch import save_file

CONFIG = {
    "vocabularySize": 61, "hiddenSize": 32, "intermediateSize": 48, "layers": 4, "heads": 4, "keyValueHeads": 2,
    "headSize": 8, "ropeTheta": 10000.0, "normEpsilon": 1e-5, "contextLength": 64,
}
RANK, ALPHA = 4, 8.0
KEPT = [0, 2]        # emulator: layers 0..2 without 1
ADAPTER = [3]
TEACHER = [0, 1, 2]
LAMBDA, TEMPERATURE = 0.7, 1.0
TARGETS = ["self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj", "self_attn.o_proj",
           "mlp.gate_proj", "mlp.up_proj", "mlp.down_proj"]
H, I, D = CONFIG["hiddenSize"], CONFIG["intermediateSize"], CONFIG["headSize"]
NH, NK = CONFIG["heads"], CONFIG["keyValueHeads"]
SHAPES = {"self_attn.q_proj": (NH * D, H), "self_attn.k_proj": (NK * D, H), "self_attn.v_proj": (NK * D, H),
          "self_attn.o_proj": (H, NH * D), "mlp.gate_proj": (I, H), "mlp.up_proj": (I, H), "mlp.down_proj": (H, I)}


def rms_norm(x, gain):
    return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + CONFIG["normEpsilon"]) * gain


def rotate(x, positions):
    half = D // 2
    frequency = CONFIG["ropeTheta"] ** (-torch.arange(half, dtype=torch.float64) * 2 / D)
    angle = positions.to(torch.float64)[:, None] * frequency[None, :]
    cos, sin = angle.cos()[:, None, :], angle.sin()[:, None, :]
    low, high = x[..., :half], x[..., half:]
    return torch.cat([low * cos - high * sin, high * cos + low * sin], -1)


def linear(x, weights, lora, layer, model_layer, target):
    y = x @ weights[f"model.layers.{layer}.{target}.weight"].T
    a = lora.get(f"layers.{model_layer}.{target}.lora_A")
    if a is not None:
        b = lora[f"layers.{model_layer}.{target}.lora_B"]
        y = y + ALPHA / RANK * (x @ a.T) @ b.T
    return y


def attention(q, k, v):
    t = q.shape[0]
    positions = torch.arange(t)
    q = rotate(q.view(t, NH, D), positions).transpose(0, 1)
    k = rotate(k.view(t, NK, D), positions).transpose(0, 1).repeat_interleave(NH // NK, 0)
    v = v.view(t, NK, D).transpose(0, 1).repeat_interleave(NH // NK, 0)
    scores = q @ k.transpose(1, 2) / math.sqrt(D)
    scores = scores.masked_fill(torch.ones(t, t, dtype=torch.bool).triu(1), -math.inf)
    return (scores.softmax(-1) @ v).transpose(0, 1).reshape(t, NH * D)


def run_layer(x, weights, lora, i):
    f = lambda y, target: linear(y, weights, lora, i, i, target)
    h = rms_norm(x, weights[f"model.layers.{i}.input_layernorm.weight"])
    x = x + f(attention(f(h, "self_attn.q_proj"), f(h, "self_attn.k_proj"), f(h, "self_attn.v_proj")), "self_attn.o_proj")
    n = rms_norm(x, weights[f"model.layers.{i}.post_attention_layernorm.weight"])
    return x + f(F.silu(f(n, "mlp.gate_proj")) * f(n, "mlp.up_proj"), "mlp.down_proj")


def run_layers(sequence, weights, lora, layers):
    x = weights["model.embed_tokens.weight"][torch.tensor(sequence)]
    for i in layers:
        x = run_layer(x, weights, lora, i)
    return x


def head(x, weights, tied):
    table = weights["model.embed_tokens.weight" if tied else "lm_head.weight"]
    return rms_norm(x, weights["model.norm.weight"]) @ table.T


def check_against_transformers(weights, sequences, expected, tied):
    try:
        from transformers import LlamaConfig, LlamaForCausalLM
    except ImportError:
        return "transformers not installed, not checked"
    model = LlamaForCausalLM(LlamaConfig(
        vocab_size=CONFIG["vocabularySize"], hidden_size=H, intermediate_size=I, num_hidden_layers=CONFIG["layers"],
        num_attention_heads=NH, num_key_value_heads=NK, head_dim=D, rms_norm_eps=CONFIG["normEpsilon"],
        max_position_embeddings=CONFIG["contextLength"], tie_word_embeddings=tied,
        rope_parameters={"rope_type": "default", "rope_theta": CONFIG["ropeTheta"]})).double().eval()
    state = {k: v for k, v in weights.items() if not (tied and k == "lm_head.weight")}
    missing, unexpected = model.load_state_dict(state, strict=False)
    assert not unexpected and (not missing or (tied and missing == ["lm_head.weight"])), (missing, unexpected)
    with torch.no_grad():
        found = torch.cat([model(torch.tensor([s])).logits[0] for s in sequences])
    difference = (found - expected).abs().max().item()
    assert difference < 1e-5, difference  # its rotary table is float32
    return f"logits within {difference:.1e} of transformers'"


def main(out):
    generator = torch.Generator().manual_seed(20240625)
    normal = lambda *shape, deviation: (torch.randn(*shape, generator=generator, dtype=torch.float64) * deviation).float().double()
    weights = {"model.embed_tokens.weight": normal(CONFIG["vocabularySize"], H, deviation=0.5),
               "lm_head.weight": normal(CONFIG["vocabularySize"], H, deviation=0.3),
               "model.norm.weight": 1 + normal(H, deviation=0.1)}
    for i in range(CONFIG["layers"]):
        weights[f"model.layers.{i}.input_layernorm.weight"] = 1 + normal(H, deviation=0.1)
        weights[f"model.layers.{i}.post_attention_layernorm.weight"] = 1 + normal(H, deviation=0.1)
        for target, shape in SHAPES.items():
            weights[f"model.layers.{i}.{target}.weight"] = normal(*shape, deviation=0.2)
    weights = {k: v.float().double() for k, v in weights.items()}
    lora = {}
    for i in range(CONFIG["layers"]):
        for target, (outputs, inputs) in SHAPES.items():
            lora[f"layers.{i}.{target}.lora_A"] = normal(RANK, inputs, deviation=0.15)
            lora[f"layers.{i}.{target}.lora_B"] = normal(outputs, RANK, deviation=0.15)

    sequences = [torch.randint(0, CONFIG["vocabularySize"], (n,), generator=generator).tolist() for n in (5, 9, 2, 7)]
    prompts = [2, 4, 1, 3]
    # Row t of a sequence predicts token t + 1; only tokens after the prompt count.
    rows, targets, start = [], [], 0
    for sequence, prompt in zip(sequences, prompts):
        for t in range(prompt - 1, len(sequence) - 1):
            rows.append(start + t)
            targets.append(sequence[t + 1])
        start += len(sequence)
    golden, notes = {}, {}

    for tied in (True, False):
        tag = "tied" if tied else "untied"
        plain = torch.cat([head(run_layers(s, weights, {}, range(4)), weights, tied) for s in sequences])
        notes[tag] = check_against_transformers(weights, sequences, plain, tied)
        golden[f"{tag}.plain.logits"] = plain
        leaves = {k: v.clone().requires_grad_() for k, v in lora.items()}
        logits = torch.cat([head(run_layers(s, weights, leaves, range(4)), weights, tied) for s in sequences])
        loss = F.cross_entropy(logits[rows], torch.tensor(targets), reduction="sum")
        (loss / len(rows)).backward()
        golden[f"{tag}.lora.logits"] = logits.detach()
        golden[f"{tag}.lora.loss"] = (loss / len(rows)).detach().reshape(1)
        for k, v in leaves.items():
            golden[f"{tag}.gradient.{k}"] = v.grad

    # Alignment: teacher layers without factors, adapter factors in both, emulator factors trained.
    adapter = {k: v for k, v in lora.items() if int(k.split(".")[1]) in ADAPTER}
    leaves = {k: v.clone().requires_grad_() for k, v in lora.items() if int(k.split(".")[1]) in KEPT}
    teacher, student, teacher_logits, student_logits = [], [], [], []
    for s in sequences:
        t = run_layers(s, weights, {}, TEACHER)
        e = run_layers(s, weights, leaves, KEPT)
        teacher.append(t)
        student.append(e)
        teacher_logits.append(head(run_layer(t, weights, adapter, ADAPTER[0]), weights, True))
        student_logits.append(head(run_layer(e, weights, adapter, ADAPTER[0]), weights, True))
    teacher, student, zt, zs = map(torch.cat, (teacher, student, teacher_logits, student_logits))
    rho = teacher.pow(2).mean().sqrt()
    l2 = ((teacher - student) / rho).pow(2).mean()
    pt, ps = zt.softmax(-1), zs.softmax(-1)
    kl = (pt * (pt.log() - ps.log())).sum() / zt.shape[0]
    (l2 + LAMBDA * kl).backward()
    golden["alignment.losses"] = torch.stack([l2, kl]).detach()
    for k, v in leaves.items():
        golden[f"alignment.gradient.{k}"] = v.grad

    # Full-parameter gradients, as pre-training needs them.
    leaves = {k: v.clone().requires_grad_() for k, v in weights.items() if k != "lm_head.weight"}
    logits = torch.cat([head(run_layers(s, leaves, {}, range(4)), leaves, True) for s in sequences])
    (F.cross_entropy(logits[rows], torch.tensor(targets), reduction="sum") / len(rows)).backward()
    for k in ("model.embed_tokens.weight", "model.norm.weight", "model.layers.0.input_layernorm.weight",
              "model.layers.1.self_attn.k_proj.weight", "model.layers.3.mlp.down_proj.weight"):
        golden[f"base.gradient.{k}"] = leaves[k].grad

    # AdamW in float32, the type both sides use, with a clipped gradient in every second step.
    parameters = [normal(3, 4, deviation=1.0).float(), normal(5, deviation=1.0).float()]
    for i, p in enumerate(parameters):
        golden[f"adamw.parameter.{i}"] = p.clone()
        p.requires_grad_()
    optimiser = torch.optim.AdamW(parameters, lr=2e-3, betas=(0.9, 0.95), eps=1e-8, weight_decay=0.01, foreach=False)
    norms = []
    for step in range(6):
        for i, p in enumerate(parameters):
            p.grad = normal(*p.shape, deviation=10.0 ** (step - 3)).float()
            golden[f"adamw.gradient.{step}.{i}"] = p.grad.clone()
        if step % 2 == 1:
            norms.append(torch.nn.utils.clip_grad_norm_(parameters, 0.5).item())
        optimiser.step()
        for i, p in enumerate(parameters):
            golden[f"adamw.after.{step}.{i}"] = p.detach().clone()
    golden["adamw.norms"] = torch.tensor(norms)

    contiguous = lambda tensors: {k: v.detach().float().contiguous() for k, v in tensors.items()}
    save_file(contiguous(weights), out / "weights.safetensors")
    save_file(contiguous(lora), out / "factors.safetensors")
    save_file(contiguous(golden), out / "expected.safetensors")
    (out / "case.json").write_text(json.dumps({
        "config": CONFIG, "rank": RANK, "alpha": ALPHA, "sequences": sequences, "rows": rows, "targets": targets,
        "kept": KEPT, "adapter": ADAPTER, "teacher": TEACHER, "lambda": LAMBDA}, indent=1) + "\n")
    print(notes, sum(f.stat().st_size for f in out.iterdir()), "bytes")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
