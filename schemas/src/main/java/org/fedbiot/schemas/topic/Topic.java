package org.fedbiot.schemas.topic;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.apache.avro.Schema;

/**
 * One topic of the catalogue: everything that creates, secures, documents or uses it is derived from here.
 *
 * @param name {@code fedbiot.<entity>.<event>.v1}
 * @param zone who may write and read it
 * @param key what a record's key is made of, for people
 * @param partitions fixed at creation
 * @param cleanup what the broker may remove
 * @param maxRecordBytes bound on one record batch, {@code max.message.bytes}
 * @param events the record types it carries; empty for the registry's own topic
 * @param writers roles that may write
 * @param readers roles that may read
 */
public record Topic(
        String name,
        Zone zone,
        String key,
        int partitions,
        Cleanup cleanup,
        int maxRecordBytes,
        List<Schema> events,
        Set<Role> writers,
        Set<Role> readers) {

    public Topic {
        Objects.requireNonNull(zone, "zone");
        Objects.requireNonNull(cleanup, "cleanup");
        if (!name.matches("fedbiot\\.[a-z]+\\.[a-z]+\\.v[0-9]+")) {
            throw new IllegalArgumentException("topic name is not fedbiot.<entity>.<event>.v<n>: " + name);
        }
        if (partitions < 1) {
            throw new IllegalArgumentException(name + ": partitions must be positive, not " + partitions);
        }
        events = List.copyOf(events);
        writers = Set.copyOf(writers);
        readers = Set.copyOf(readers);
    }

    /** Whether a process in this role writes or reads it. */
    public boolean isUsedBy(Role role) {
        return writers.contains(role) || readers.contains(role);
    }

    /** Topic configuration for creation, as Kafka names it. */
    public Map<String, String> config() {
        return Map.of(
                "cleanup.policy", cleanup == Cleanup.COMPACT ? "compact" : "delete",
                // A run's data goes only by its owner's word, never by age or size.
                "retention.ms", "-1",
                "retention.bytes", "-1",
                "max.message.bytes", Integer.toString(maxRecordBytes));
    }
}
