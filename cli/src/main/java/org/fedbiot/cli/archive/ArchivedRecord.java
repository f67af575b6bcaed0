package org.fedbiot.cli.archive;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.fedbiot.schemas.wire.RawEvent;

/**
 * A record as it stood in a topic.
 *
 * @param partition it lay in, and lies in again after a restore
 * @param offset it had; a restore cannot give it back
 * @param key empty if it had none
 */
record ArchivedRecord(int partition, long offset, long timestampMillis, String key, List<Header> headers,
        RawEvent event) {

    /** A record header. */
    record Header(String name, byte[] value) {

        Header {
            Objects.requireNonNull(name, "name");
            Objects.requireNonNull(value, "value");
        }
    }

    ArchivedRecord {
        Objects.requireNonNull(key, "key");
        headers = List.copyOf(headers);
        Objects.requireNonNull(event, "event");
    }

    /** Its headers but those named. */
    Headers headersWithout(List<String> names) {
        Headers kept = new RecordHeaders();
        headers.stream().filter(header -> !names.contains(header.name()))
                .forEach(header -> kept.add(header.name(), header.value()));
        return kept;
    }

    byte[] keyBytes() {
        return key.getBytes(StandardCharsets.UTF_8);
    }
}
