package org.fedbiot.learning.check;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a device gave.
 *
 * @param exact bytes that must not depend on the device, by what they are
 * @param close numbers that may differ by rounding, by what they are
 */
record DeviceFigures(Map<Exact, byte[]> exact, Map<Close, float[]> close) {

    /** Figures that are copied, rounded once or chosen, and so are the same everywhere. */
    enum Exact {
        FLOAT32_ROUND_TRIP("fp32 there and back"),
        INT64_ROUND_TRIP("int64 there and back"),
        UINT8_ROUND_TRIP("uint8 there and back"),
        BFLOAT16_WEIGHTS("weights in bf16 and back"),
        GREEDY_TOKENS("tokens generated in fp32");

        private final String text;

        Exact(String text) {
            this.text = text;
        }

        String text() {
            return text;
        }
    }

    /** Figures that are sums, whose order is the device's own. */
    enum Close {
        FLOAT32_LOGITS("logits in fp32", 1e-4),
        FLOAT32_GRADIENTS("LoRA gradients in fp32", 1e-4),
        FLOAT32_STEP("factors after an AdamW step", 1e-4),
        BFLOAT16_LOGITS("logits in bf16", 2e-2),
        BFLOAT16_GRADIENTS("LoRA gradients in bf16", 5e-2);

        private final String text;
        private final double tolerance;

        Close(String text, double tolerance) {
            this.text = text;
            this.tolerance = tolerance;
        }

        String text() {
            return text;
        }

        /** Largest difference that passes, relative to the largest magnitude on the CPU. */
        double tolerance() {
            return tolerance;
        }
    }

    DeviceFigures {
        exact = Collections.unmodifiableMap(new LinkedHashMap<>(exact));
        close = Collections.unmodifiableMap(new LinkedHashMap<>(close));
    }
}
