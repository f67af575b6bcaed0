package org.fedbiot.cli.archive;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What an archive says of itself: {@code MANIFEST.json}.
 *
 * @param format of the container
 * @param entries one for each topic of the catalogue, empty ones too
 */
record ArchiveManifest(int format, Summary run, List<Entry> entries) {

    static final String NAME = "MANIFEST.json";

    /** The container that this release writes, and the only one it reads. */
    static final int FORMAT = 1;

    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    /**
     * The run, for people.
     *
     * @param originRunId null for a run that is no fork and no what-if
     * @param model null, like its hash, for a what-if whose origin the cluster did not know
     * @param adapterVersion that it ended with, -1 if it never had one
     */
    record Summary(String runId, String originRunId, String model, String modelSha256, int rounds, String outcome,
            int adapterVersion, String adapterSha256) {
    }

    /**
     * One Avro object container file.
     *
     * @param sha256 of its bytes
     * @param partitions of the topic that hold records of the run
     */
    record Entry(String name, String topic, String sha256, List<Part> partitions) {

        long records() {
            return partitions.stream().mapToLong(Part::records).sum();
        }
    }

    /**
     * A partition's records of the run.
     *
     * @param sha256 by {@link RecordsDigest}
     */
    record Part(int partition, long records, long firstOffset, long lastOffset, String sha256) {

        boolean holdsTheSame(Part other) {
            return partition == other.partition && records == other.records && sha256.equals(other.sha256);
        }
    }

    static ArchiveManifest parse(byte[] json) throws IOException {
        return JSON.readValue(json, ArchiveManifest.class);
    }

    byte[] toJson() {
        try {
            return JSON.writeValueAsBytes(this);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("the manifest of run " + run.runId() + " cannot be written as JSON", e);
        }
    }

    long records() {
        return entries.stream().mapToLong(Entry::records).sum();
    }

    Optional<Entry> entry(String topic) {
        return entries.stream().filter(entry -> entry.topic().equals(topic)).findFirst();
    }

    /** By topic and partition, the first difference to another account of the same run's records. */
    Optional<String> difference(Map<String, List<Part>> other) {
        Map<String, List<Part>> mine = entries.stream()
                .collect(Collectors.toMap(Entry::topic, Entry::partitions, (a, b) -> a, TreeMap::new));
        other.keySet().forEach(topic -> mine.putIfAbsent(topic, List.of()));
        for (Map.Entry<String, List<Part>> topic : mine.entrySet()) {
            List<Part> theirs = other.getOrDefault(topic.getKey(), List.of());
            Map<Integer, Part> here = byPartition(topic.getValue());
            Map<Integer, Part> there = byPartition(theirs);
            here.keySet().forEach(partition -> there.putIfAbsent(partition, new Part(partition, 0, -1, -1, "")));
            for (Map.Entry<Integer, Part> part : there.entrySet()) {
                Part kept = here.getOrDefault(part.getKey(), new Part(part.getKey(), 0, -1, -1, ""));
                if (!kept.holdsTheSame(part.getValue())) {
                    return Optional.of("topic %s, partition %d: the archive has %d records, the log %d%s".formatted(
                            topic.getKey(), part.getKey(), kept.records(), part.getValue().records(),
                            kept.records() == part.getValue().records() ? ", and they differ" : ""));
                }
            }
        }
        return Optional.empty();
    }

    private static Map<Integer, Part> byPartition(List<Part> parts) {
        return parts.stream().collect(Collectors.toMap(Part::partition, part -> part, (a, b) -> a, TreeMap::new));
    }
}
