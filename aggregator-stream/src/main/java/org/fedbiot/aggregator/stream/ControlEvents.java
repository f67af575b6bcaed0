package org.fedbiot.aggregator.stream;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.specific.SpecificRecord;
import org.fedbiot.schemas.topic.Topics;

/**
 * Plans and closes as they stand in the store: kept as they came, so that a newer version reads them by the schema that
 * they were written with. Those of a thousand clients are asked for with every record of their round, so the last are
 * decoded once. All writes go through here, so what is remembered is what is in the store.
 */
final class ControlEvents {

    /** Plan and close of the round that is worked on: those of past rounds would only take heap, in every task. */
    private static final int KEPT = 2;

    private final RunStore index;
    private final EventDecoder decoder;
    private final Map<String, Optional<SpecificRecord>> last = new LinkedHashMap<>(KEPT, 1, true) {

        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Optional<SpecificRecord>> eldest) {
            return size() > KEPT;
        }
    };

    ControlEvents(RunStore index, EventDecoder decoder) {
        this.index = index;
        this.decoder = decoder;
    }

    Optional<SpecificRecord> get(String key) {
        return last.computeIfAbsent(key, asked -> index.get(asked).map(bytes -> decoder.decode(
                new Arrival(Topics.AGGREGATION_CONTROL.name(), -1, -1, asked, bytes))));
    }

    void put(String key, byte[] value) {
        index.put(key, value);
        last.remove(key);
    }

    void endRun(String runId) {
        index.endRun(runId);
        last.clear();
    }
}
