"""Holds an exported adapter against Hugging Face PEFT: the acceptance test that its users would run.

    python peft_check.py --base DIR --adapter DIR --logits logits.json [--merged DIR]

logits.json is {"tokens": [ids of one sequence], "logits": [[one row of the vocabulary per position]]}, computed by this
project's model with the adapter on (ExportedLogits writes it). Loads the base with transformers in fp32, the adapter
with PeftModel.from_pretrained, and prints the largest difference; --merged checks the merged export the same way.
Exit code 1 where a difference is above --tolerance or where the adapter changes nothing.
"""
import argparse
import json
import sys

import torch
from peft import PeftModel
from transformers import AutoModelForCausalLM


def logits_of(model, tokens):
    with torch.no_grad():
        return model.eval()(input_ids=torch.tensor([tokens])).logits[0].double()


def load(directory):
    return AutoModelForCausalLM.from_pretrained(directory, dtype=torch.float32)


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--base", required=True)
    arguments.add_argument("--adapter", required=True)
    arguments.add_argument("--logits", required=True)
    arguments.add_argument("--merged")
    arguments.add_argument("--tolerance", type=float, default=1e-4)
    options = arguments.parse_args()

    with open(options.logits) as file:
        ours = json.load(file)
    tokens = ours["tokens"]
    expected = torch.tensor(ours["logits"], dtype=torch.float64)

    base = load(options.base)
    raw = logits_of(base, tokens)
    model = PeftModel.from_pretrained(base, options.adapter)
    layers = sorted({int(name.split(".layers.")[1].split(".")[0])
                     for name, _ in model.named_parameters() if "lora_" in name})
    wanted = json.load(open(options.adapter + "/adapter_config.json"))["layers_to_transform"]
    differences = {"adapter": (logits_of(model, tokens) - expected).abs().max().item()}
    if options.merged:
        differences["merged"] = (logits_of(load(options.merged), tokens) - expected).abs().max().item()
    effect = (raw - expected).abs().max().item()
    print(json.dumps({"layers": layers, "maxDifference": differences, "adapterEffect": effect,
                      "largestLogit": expected.abs().max().item()}))
    good = layers == wanted and effect > 100 * options.tolerance
    sys.exit(0 if good and all(d <= options.tolerance for d in differences.values()) else 1)


if __name__ == "__main__":
    main()
