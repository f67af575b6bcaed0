"""PyTorch's side of the step benchmark: the best graph it has (fused RMSNorm, scaled dot-product attention,
cross-entropy), on the weights that the Java side wrote. Reads "forward B T" or "lora B T" per line and answers
"seconds loss"; the first line it writes is torch's version.
"""

import json
import mmap
import sys
import time

import torch
import torch.nn.functional as F

TARGETS = ["self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj", "self_attn.o_proj",
           "mlp.gate_proj", "mlp.up_proj", "mlp.down_proj"]


def load(path):
    with open(path, "rb") as file:
        data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY)
    size = int.from_bytes(data[:8], "little")
    header = json.loads(data[8:8 + size])
    header.pop("__metadata__", None)
    tensors = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        flat = torch.frombuffer(data, dtype=torch.float32, count=(end - begin) // 4, offset=8 + size + begin)
        tensors[name] = flat.view(entry["shape"]).clone()
    return tensors


class Model:
    def __init__(self, weights, dtype, heads, kv_heads, theta, epsilon, scale):
        self.w = {name: tensor.to(dtype) for name, tensor in weights.items()}
        self.dtype, self.heads, self.kv_heads, self.epsilon, self.scale = dtype, heads, kv_heads, epsilon, scale
        self.hidden = self.w["model.norm.weight"].shape[0]
        self.head_size = self.w["model.layers.0.self_attn.q_proj.weight"].shape[0] // heads
        self.theta = theta
        self.layers = 1 + max(int(name.split(".")[2]) for name in self.w if name.startswith("model.layers."))

    def rotary(self, length):
        frequency = 1 / self.theta ** (torch.arange(0, self.head_size, 2, dtype=torch.float32) / self.head_size)
        angle = torch.arange(length, dtype=torch.float32)[:, None] * frequency[None, :]
        angle = torch.cat([angle, angle], -1)
        return angle.cos().to(self.dtype), angle.sin().to(self.dtype)

    def linear(self, x, layer, target, factors):
        y = F.linear(x, self.w[f"model.layers.{layer}.{target}.weight"])
        a = factors.get(f"layers.{layer}.{target}.lora_A")
        if a is None:
            return y
        b = factors[f"layers.{layer}.{target}.lora_B"]
        return y + F.linear(F.linear(x, a.to(self.dtype)) * self.scale, b.to(self.dtype))

    def rotate(self, x, cos, sin):
        low, high = x.chunk(2, -1)
        return x * cos + torch.cat([-high, low], -1) * sin

    def layer(self, x, i, cos, sin, factors):
        batch, length, _ = x.shape
        norm = lambda y, name: F.rms_norm(y, (self.hidden,), self.w[f"model.layers.{i}.{name}.weight"], self.epsilon)
        linear = lambda y, target: self.linear(y, i, target, factors)
        h = norm(x, "input_layernorm")
        heads = lambda y, n: y.view(batch, length, n, self.head_size).transpose(1, 2)
        q = self.rotate(heads(linear(h, TARGETS[0]), self.heads), cos, sin)
        k = self.rotate(heads(linear(h, TARGETS[1]), self.kv_heads), cos, sin)
        v = heads(linear(h, TARGETS[2]), self.kv_heads)
        groups = self.heads // self.kv_heads
        k, v = k.repeat_interleave(groups, 1), v.repeat_interleave(groups, 1)
        o = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        y = x + linear(o.transpose(1, 2).reshape(batch, length, -1), TARGETS[3])
        n = norm(y, "post_attention_layernorm")
        return y + linear(F.silu(linear(n, TARGETS[4])) * linear(n, TARGETS[5]), TARGETS[6])

    def logits(self, ids, layers, factors):
        cos, sin = self.rotary(ids.shape[1])
        x = F.embedding(ids, self.w["model.embed_tokens.weight"])
        for i in range(layers):
            x = self.layer(x, i, cos, sin, factors)
        x = F.rms_norm(x, (self.hidden,), self.w["model.norm.weight"], self.epsilon)
        return F.linear(x, self.w.get("lm_head.weight", self.w["model.embed_tokens.weight"]))


def tokens(batch, length, vocabulary):
    return torch.tensor([[(1_000_003 * (b + 1) + 7919 * t * t + 104_729 * t) % vocabulary for t in range(length)]
                         for b in range(batch)])


def loss_of(logits, ids):
    targets = torch.cat([ids[:, 1:], torch.full((ids.shape[0], 1), -100)], 1)
    return F.cross_entropy(logits.flatten(0, 1).float(), targets.flatten(), ignore_index=-100)


def main(weights, factors, dtype, threads, heads, kv_heads, theta, epsilon, emulator, adapter, scale):
    torch.set_num_threads(int(threads))
    model = Model(load(weights), getattr(torch, dtype), int(heads), int(kv_heads), float(theta), float(epsilon), float(scale))
    leaves = {name: tensor.requires_grad_() for name, tensor in load(factors).items()}
    optimiser = torch.optim.AdamW(leaves.values(), lr=1e-4, betas=(0.9, 0.95), weight_decay=0.01)
    vocabulary = model.w["model.embed_tokens.weight"].shape[0]
    print(torch.__version__, flush=True)
    for line in sys.stdin:
        kind, batch, length = line.split()
        ids = tokens(int(batch), int(length), vocabulary)
        start = time.perf_counter()
        if kind == "forward":
            with torch.no_grad():
                logits = model.logits(ids, model.layers, {})
                seconds = time.perf_counter() - start
                loss = loss_of(logits, ids)
                del logits
        else:
            optimiser.zero_grad(set_to_none=True)
            loss = loss_of(model.logits(ids, int(emulator) + int(adapter), leaves), ids)
            loss.backward()
            optimiser.step()
            seconds = time.perf_counter() - start
        print(f"{seconds:.6f} {loss.item():.7f}", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
