package org.fedbiot.cli.dashboard;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collection;
import java.util.OptionalDouble;
import java.util.function.Function;

/** JSON as the page takes it: no number that JSON lacks. */
final class PageJson {

    static final ObjectMapper JSON = new ObjectMapper();

    private PageJson() {
    }

    static ObjectNode object() {
        return JSON.createObjectNode();
    }

    static ArrayNode array() {
        return JSON.createArrayNode();
    }

    static <T> ArrayNode array(Collection<T> items, Function<T, ? extends JsonNode> form) {
        ArrayNode array = array();
        items.forEach(item -> array.add(form.apply(item)));
        return array;
    }

    static ArrayNode texts(Collection<String> items) {
        ArrayNode array = array();
        items.forEach(array::add);
        return array;
    }

    static ArrayNode integers(Collection<Integer> items) {
        ArrayNode array = array();
        items.forEach(array::add);
        return array;
    }

    /** @return null for what is not a finite number */
    static JsonNode number(double value) {
        return Double.isFinite(value) ? JSON.getNodeFactory().numberNode(value) : JSON.nullNode();
    }

    static JsonNode number(OptionalDouble value) {
        return number(value.orElse(Double.NaN));
    }
}
