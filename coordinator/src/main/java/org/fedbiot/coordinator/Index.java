package org.fedbiot.coordinator;

import java.util.Collection;
import java.util.Collections;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;

/**
 * Values by id, immutable and in id order, so that whatever is made from it is the same on every machine.
 *
 * @param <V> an immutable value
 */
public final class Index<V> {

    private static final Index<?> EMPTY = new Index<>(Collections.emptyNavigableMap());

    private final NavigableMap<String, V> values;

    private Index(NavigableMap<String, V> values) {
        this.values = Collections.unmodifiableNavigableMap(values);
    }

    @SuppressWarnings("unchecked") // an empty index holds no value of any type
    public static <V> Index<V> empty() {
        return (Index<V>) EMPTY;
    }

    public Optional<V> get(String id) {
        return Optional.ofNullable(values.get(id));
    }

    public boolean contains(String id) {
        return values.containsKey(id);
    }

    public int size() {
        return values.size();
    }

    public SortedSet<String> ids() {
        return values.navigableKeySet();
    }

    /** In id order. */
    public Collection<V> values() {
        return values.values();
    }

    public Index<V> with(String id, V value) {
        NavigableMap<String, V> copy = new TreeMap<>(values);
        copy.put(id, Objects.requireNonNull(value, id));
        return new Index<>(copy);
    }

    public Index<V> without(String id) {
        NavigableMap<String, V> copy = new TreeMap<>(values);
        copy.remove(id);
        return new Index<>(copy);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Index<?> index && values.equals(index.values);
    }

    @Override
    public int hashCode() {
        return values.hashCode();
    }

    @Override
    public String toString() {
        return values.toString();
    }
}
