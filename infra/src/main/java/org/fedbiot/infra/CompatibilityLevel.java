package org.fedbiot.infra;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.apache.avro.Schema;
import org.apache.avro.SchemaValidationException;
import org.apache.avro.SchemaValidationStrategy;
import org.apache.avro.SchemaValidatorBuilder;

/** What a subject's next schema must keep up, with Confluent's names. */
enum CompatibilityLevel {
    NONE(false, false, false),
    BACKWARD(true, false, false),
    BACKWARD_TRANSITIVE(true, false, true),
    FORWARD(false, true, false),
    FORWARD_TRANSITIVE(false, true, true),
    FULL(true, true, false),
    FULL_TRANSITIVE(true, true, true);

    private final boolean backward;
    private final boolean forward;
    private final boolean transitive;

    CompatibilityLevel(boolean backward, boolean forward, boolean transitive) {
        this.backward = backward;
        this.forward = forward;
        this.transitive = transitive;
    }

    /**
     * @param earlier oldest first
     * @return why the schema may not follow them; empty if it may
     */
    Optional<String> objection(Schema schema, List<Schema> earlier) {
        if (this == NONE) {
            return Optional.empty();
        }
        List<Schema> latestFirst = new ArrayList<>(earlier);
        Collections.reverse(latestFirst);
        SchemaValidatorBuilder builder = new SchemaValidatorBuilder().strategy(strategy());
        try {
            (transitive ? builder.validateAll() : builder.validateLatest()).validate(schema, latestFirst);
            return Optional.empty();
        } catch (SchemaValidationException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    private SchemaValidationStrategy strategy() {
        SchemaValidatorBuilder builder = new SchemaValidatorBuilder();
        return (toValidate, existing) -> {
            if (backward) {
                builder.canReadStrategy().validateLatest().validate(toValidate, List.of(existing));
            }
            if (forward) {
                builder.canBeReadStrategy().validateLatest().validate(toValidate, List.of(existing));
            }
        };
    }
}
