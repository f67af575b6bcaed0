package org.fedbiot.cli.exposure;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.util.Collection;
import java.util.List;
import java.util.Locale;

/**
 * An audit's result under its public names.
 *
 * @param principal whose credentials were used
 * @param sound whether nothing was read that clients may not read, and not every layer
 * @param otherTopics that these credentials see beside the catalogue's; they are not read
 */
record ExposureResult(String principal, boolean sound, ExposureReport exposure, List<Access> topics,
        List<String> otherTopics) {

    /**
     * @param forClients whether the catalogue lets clients read it
     * @param outcome {@code read}, {@code refused} or {@code missing}
     */
    record Access(String topic, boolean forClients, String outcome, long records, long bytes, long unusable,
            boolean trimmed) {

        private static Access of(TopicAccess access) {
            return new Access(access.topic().name(), access.isForClients(),
                    access.outcome().name().toLowerCase(Locale.ROOT), access.records(), access.bytes(),
                    access.unusable(), access.trimmed());
        }
    }

    static ExposureResult of(String principal, ExposureReport exposure, List<TopicAccess> topics,
            Collection<String> otherTopics) {
        boolean sound = topics.stream().noneMatch(TopicAccess::isBreach) && !exposure.isEveryLayerKnown();
        return new ExposureResult(principal, sound, exposure, topics.stream().map(Access::of).toList(),
                List.copyOf(otherTopics));
    }

    String toJson() {
        try {
            return new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValueAsString(this);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("exposure of run " + exposure.runId() + " cannot be written as JSON", e);
        }
    }
}
