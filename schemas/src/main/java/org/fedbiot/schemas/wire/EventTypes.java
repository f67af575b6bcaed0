package org.fedbiot.schemas.wire;

import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.avro.Schema;
import org.fedbiot.schemas.topic.Topics;

/** The events of the catalogue by record name. A name from outside never loads a class that is not one of these. */
final class EventTypes {

    private static final Map<String, Schema> BY_NAME = Topics.ALL.stream()
            .flatMap(topic -> topic.events().stream())
            .distinct()
            .collect(Collectors.toUnmodifiableMap(Schema::getFullName, Function.identity()));

    private EventTypes() {
    }

    static Optional<Schema> find(String fullName) {
        return Optional.ofNullable(BY_NAME.get(fullName));
    }
}
