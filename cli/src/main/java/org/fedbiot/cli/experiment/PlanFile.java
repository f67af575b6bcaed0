package org.fedbiot.cli.experiment;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.fedbiot.cli.UserError;

/**
 * The resolved plan as {@code experiment.json} holds it; the names of its JSON are public. It says nothing of places
 * and times, so that the same experiment has the same bytes everywhere.
 *
 * @param settings that all cells start from
 * @param texts SHA-256 of the text files, by the path that the experiment's file has for each
 * @param budget what all rows are given the same of, as the experiment's file names it; empty for nothing
 * @param cells rows in order; equal runs have one id
 */
record PlanFile(String name, Model model, JsonNode settings, Map<String, String> texts, String budget,
        List<Row> cells) {

    private static final ObjectMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
    private static final int SHOWN = 5;

    PlanFile {
        // A plan of before there were budgets.
        budget = budget == null ? "" : budget;
    }

    record Model(String name, String sha256) {
    }

    /** @param problem why it is not possible; empty where it is */
    record Row(String id, String method, Map<String, String> point, long seed, String part,
            Map<String, String> settings, String key, String problem) {

        static Row of(PlannedCell planned) {
            Cell cell = planned.cell();
            return new Row(cell.id(), cell.method(), cell.point(), cell.seed(), cell.part(), cell.settings(),
                    planned.key(), planned.problem());
        }

        private boolean isSameRow(Row other) {
            return method.equals(other.method) && point.equals(other.point) && seed == other.seed
                    && part.equals(other.part);
        }

        private String words() {
            return Stream.of(method, point.entrySet().stream().map(entry -> entry.getKey() + " " + entry.getValue())
                    .collect(Collectors.joining(", ")), part, "seed " + seed).filter(word -> !word.isEmpty())
                    .collect(Collectors.joining(", "));
        }
    }

    /** The plan of an earlier start; empty where there was none. */
    static Optional<PlanFile> read(Path file) {
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            return Optional.of(JSON.readValue(file.toFile(), PlanFile.class));
        } catch (IOException e) {
            throw new UserError(file + ": no plan of an experiment: " + e.getMessage() + "; name another directory", e);
        }
    }

    void write(Path file) {
        try {
            ExperimentDirectory.write(file, JSON.writeValueAsBytes(this));
        } catch (IOException e) {
            throw new IllegalStateException("plan " + name + " cannot be written as JSON", e);
        }
    }

    /** What a reader of the report has to know of the plan. */
    Map<String, String> facts() {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("model", model.name());
        facts.put("held equal", budget.isEmpty() ? "nothing but what the rows' settings say; see the table of costs"
                : budget + ", to whole steps or rounds; see the table of costs");
        return facts;
    }

    /** Ids by key. */
    Map<String, String> ids() {
        Map<String, String> ids = new LinkedHashMap<>();
        cells.forEach(row -> ids.put(row.key(), row.id()));
        return ids;
    }

    /**
     * Why a later plan cannot go on where this one stopped: what differs. Empty if all that this one has is in it; it
     * may have more.
     */
    List<String> differences(PlanFile later) {
        Set<String> kept = later.cells.stream().map(Row::key).collect(Collectors.toSet());
        List<Row> gone = cells.stream().filter(row -> !kept.contains(row.key())).toList();
        List<String> differences = new ArrayList<>();
        if (!gone.isEmpty()) {
            differ(differences, "model", Map.of("", model.sha256()), Map.of("", later.model.sha256()));
            differ(differences, "settings", leaves(settings), leaves(later.settings));
            differ(differences, "text file", texts, later.texts);
            if (differences.isEmpty()) {
                gone.forEach(row -> differ(differences, row, later));
            }
        }
        return differences.size() <= SHOWN ? differences : Stream.concat(differences.subList(0, SHOWN).stream(),
                Stream.of("and " + (differences.size() - SHOWN) + " more")).toList();
    }

    private static void differ(List<String> differences, Row row, PlanFile later) {
        Optional<Row> same = later.cells.stream().filter(row::isSameRow).findFirst();
        if (same.isEmpty()) {
            differences.add(row.words() + ": no cell of the file any more");
        } else {
            differ(differences, row.words() + ":", row.settings(), same.get().settings());
        }
    }

    private static void differ(List<String> differences, String what, Map<String, String> then,
            Map<String, String> now) {
        Set<String> keys = new TreeSet<>(then.keySet());
        keys.addAll(now.keySet());
        for (String key : keys) {
            if (!Objects.equals(then.get(key), now.get(key))) {
                differences.add((what + " " + key).strip() + " was " + then.getOrDefault(key, "not set") + ", is "
                        + now.getOrDefault(key, "not set"));
            }
        }
    }

    private static Map<String, String> leaves(JsonNode tree) {
        Map<String, String> leaves = new TreeMap<>();
        collect(tree, "", leaves);
        return leaves;
    }

    private static void collect(JsonNode node, String path, Map<String, String> leaves) {
        if (node.isObject()) {
            node.fields().forEachRemaining(entry -> collect(entry.getValue(),
                    path.isEmpty() ? entry.getKey() : path + "." + entry.getKey(), leaves));
        } else {
            leaves.put(path, node.toString());
        }
    }
}
