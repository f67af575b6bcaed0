"""Loads an exported adapter with Hugging Face PEFT and says what it changes.

    python examples/load_adapter.py --base DIR --adapter DIR [--merged DIR]

--base is the full model as a Hugging Face directory (or the name of one), --adapter what `fedbiot run export` wrote,
--merged the merged model that the server worker exported: it must give the same logits. Prints one JSON object; exit
code 1 where the adapter changes nothing, lies in other layers than it says, or the merged model differs.
"""
import argparse
import json
import os
import sys

import torch
from peft import PeftModel
from transformers import AutoModelForCausalLM

TOLERANCE = 1e-4


def load(model):
    return AutoModelForCausalLM.from_pretrained(model, dtype=torch.float32)


def logits_of(model, tokens):
    with torch.no_grad():
        return model.eval()(input_ids=tokens).logits.double()


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--base", required=True)
    arguments.add_argument("--adapter", required=True)
    arguments.add_argument("--merged")
    options = arguments.parse_args()

    base = load(options.base)
    tokens = torch.arange(4, 36).remainder(base.config.vocab_size).unsqueeze(0)
    raw = logits_of(base, tokens)
    model = PeftModel.from_pretrained(base, options.adapter)
    adapted = logits_of(model, tokens)
    factors = [(name, values) for name, values in model.named_parameters() if "lora_" in name]
    result = {
        "layers": sorted({int(name.split(".layers.")[1].split(".")[0]) for name, _ in factors}),
        "factors": len(factors),
        "parameters": sum(values.numel() for _, values in factors),
        "largestChange": (adapted - raw).abs().max().item(),
    }
    if options.merged:
        result["mergedDifference"] = (logits_of(load(options.merged), tokens) - adapted).abs().max().item()
    print(json.dumps(result))
    with open(os.path.join(options.adapter, "adapter_config.json")) as config:
        wanted = json.load(config)["layers_to_transform"]
    good = result["layers"] == wanted and result["largestChange"] > 100 * TOLERANCE
    sys.exit(0 if good and result.get("mergedDifference", 0) <= TOLERANCE else 1)


if __name__ == "__main__":
    main()
