package org.fedbiot.learning.method;

/** How layer dropout chooses the kept teacher layers (fedbiot-method 1.1 b). */
public enum LayerRule {
    /** FedBiOT: {@code floor(i * stride)}. */
    FLOOR {
        @Override
        int index(double position) {
            return (int) position;
        }
    },
    /** Offsite-tuning: {@code round(i * stride)}, halves to even. */
    ROUND {
        @Override
        int index(double position) {
            return (int) Math.rint(position);
        }
    };

    abstract int index(double position);
}
