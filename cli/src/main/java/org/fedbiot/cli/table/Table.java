package org.fedbiot.cli.table;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.function.Function;

/**
 * Numbers of the report: a file of comma-separated values, a part of the JSON, and a table on the page.
 *
 * @param name of the file and of the JSON's part
 * @param columns names that stay
 */
public record Table(String name, List<String> columns, List<List<JsonNode>> rows) {

    private static final String LINE_END = "\r\n";

    public Table {
        columns = List.copyOf(columns);
        rows = rows.stream().map(List::copyOf).toList();
        for (List<JsonNode> row : rows) {
            if (row.size() != columns.size()) {
                throw new IllegalArgumentException("table " + name + ": a row of " + row.size() + " cells for "
                        + columns.size() + " columns");
            }
        }
    }

    /** As RFC 4180 has it, with a head. */
    public String csv() {
        StringBuilder text = new StringBuilder();
        line(text, columns, Function.identity());
        rows.forEach(row -> line(text, row, Cells::exact));
        return text.toString();
    }

    private static <T> void line(StringBuilder text, List<T> cells, Function<T, String> form) {
        text.append(String.join(",", cells.stream().map(form).map(Table::quoted).toList())).append(LINE_END);
    }

    private static String quoted(String text) {
        boolean plain = text.chars().noneMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
        return plain ? text : '"' + text.replace("\"", "\"\"") + '"';
    }
}
