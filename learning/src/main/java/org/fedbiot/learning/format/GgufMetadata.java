package org.fedbiot.learning.format;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.fedbiot.learning.BadInputException;

/** Typed look-ups in a GGUF file's metadata; a missing or mistyped key is named. */
record GgufMetadata(Path file, Map<String, Object> values) {
    Set<String> keys() {
        return values.keySet();
    }

    int integer(String key) {
        return optionalInteger(key).orElseThrow(() -> bad(key, "is missing"));
    }

    OptionalInt optionalInteger(String key) {
        Optional<Long> value = optional(key, Long.class);
        if (value.isEmpty()) {
            return OptionalInt.empty();
        }
        if (value.get() < 0 || value.get() > Integer.MAX_VALUE) {
            throw bad(key, "is " + value.get());
        }
        return OptionalInt.of(value.get().intValue());
    }

    Optional<Double> number(String key) {
        Object value = values.get(key);
        if (value instanceof Float single) {
            // 1e-5 was written as fp32; the decimal that was meant is the shortest that gives that fp32.
            return Optional.of(Double.valueOf(single.toString()));
        }
        return optional(key, Double.class);
    }

    Optional<String> text(String key) {
        return optional(key, String.class);
    }

    boolean flag(String key) {
        return optional(key, Boolean.class).orElse(false);
    }

    <T> List<T> list(String key, Class<T> elementType) {
        Object value = values.get(key);
        if (!(value instanceof List<?> list)) {
            throw bad(key, value == null ? "is missing" : "is no array");
        }
        if (!list.stream().allMatch(elementType::isInstance)) {
            throw bad(key, "has elements of another type");
        }
        return list.stream().map(elementType::cast).toList();
    }

    BadInputException bad(String key, String what) {
        return new BadInputException(file, "key " + key + " " + what);
    }

    private <T> Optional<T> optional(String key, Class<T> type) {
        Object value = values.get(key);
        if (value == null) {
            return Optional.empty();
        }
        if (!type.isInstance(value)) {
            throw bad(key, "is of another type than expected");
        }
        return Optional.of(type.cast(value));
    }
}
