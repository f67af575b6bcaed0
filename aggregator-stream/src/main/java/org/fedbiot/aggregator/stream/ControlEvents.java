package org.fedbiot.aggregator.stream;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.specific.SpecificRecord;
import org.fedbiot.schemas.topic.Topics;

/**
 * Plans and closes as they stand in the store: kept as they came, so that a newer version reads them by the schema that
 * they were written with. A plan with a thousand clients is asked for with every record of its round, so the last ones
 * are decoded once; the bytes in the store say whether that is still what they are.
 */
final class ControlEvents {

    private static final int KEPT = 4;

    private record Decoded(byte[] bytes, SpecificRecord event) {
    }

    private final RunStore index;
    private final EventDecoder decoder;
    private final Map<String, Decoded> last = new LinkedHashMap<>(KEPT, 1, true) {

        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Decoded> eldest) {
            return size() > KEPT;
        }
    };

    ControlEvents(RunStore index, EventDecoder decoder) {
        this.index = index;
        this.decoder = decoder;
    }

    Optional<SpecificRecord> get(String key) {
        return index.get(key).map(bytes -> {
            Decoded known = last.get(key);
            if (known == null || !Arrays.equals(known.bytes(), bytes)) {
                known = new Decoded(bytes, decoder.decode(
                        new Arrival(Topics.AGGREGATION_CONTROL.name(), -1, -1, key, bytes)));
                last.put(key, known);
            }
            return known.event();
        });
    }
}
