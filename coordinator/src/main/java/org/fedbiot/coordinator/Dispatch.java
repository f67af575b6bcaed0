package org.fedbiot.coordinator;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import org.apache.avro.specific.SpecificRecord;

/**
 * What to do with an event, by its type.
 *
 * @param <C> what the event meets
 * @param <R> what comes of it
 */
final class Dispatch<C, R> {

    private final Map<Class<?>, BiFunction<C, SpecificRecord, R>> rules = new HashMap<>();

    <E extends SpecificRecord> Dispatch<C, R> on(Class<E> type, BiFunction<C, E, R> rule) {
        rules.put(type, (context, event) -> rule.apply(context, type.cast(event)));
        return this;
    }

    /** Empty if no rule is for this type of event. */
    Optional<R> apply(C context, SpecificRecord event) {
        return Optional.ofNullable(rules.get(event.getClass())).map(rule -> rule.apply(context, event));
    }
}
