package org.fedbiot.cli.experiment;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiFunction;
import org.fedbiot.cli.UserError;
import org.fedbiot.cli.experiment.cost.PricedRun;
import org.fedbiot.cli.experiment.cost.Texts;
import org.fedbiot.cli.settings.RunSettings;
import org.fedbiot.cli.settings.SettingsTree;
import org.fedbiot.cli.simulation.DealtText;
import org.fedbiot.cli.simulation.RunPlan;
import org.fedbiot.coordinator.SpecCheck;
import org.fedbiot.learning.model.LlamaConfig;
import org.fedbiot.schemas.event.ModelSpec;
import org.fedbiot.schemas.event.RunSpec;
import org.fedbiot.schemas.integrity.Sha256;

/**
 * Makes the cells of an experiment: seed by seed, so that one which is stopped early is a whole table of fewer seeds;
 * in a seed point by point, and in a point method by method.
 */
final class Planning {

    private static final ObjectMapper SORTED =
            new ObjectMapper().enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS);

    /**
     * The model's facts that a plan needs.
     *
     * @param name for people
     * @param location of its files
     */
    record Model(String name, Path location, String sha256, LlamaConfig config) {
    }

    /**
     * A cell without a name.
     *
     * @param set keys over the base
     */
    private record Draft(Method method, Axis.Point point, long seed, String part, Map<String, String> set,
            RunSettings settings, Optional<RunSpec> spec, String problem, TextFiles texts, List<String> dealtTo,
            String key) {

        /** Equal for cells that are one run. */
        Object run() {
            return List.of(spec.<Object>map(one -> one).orElse(key),
                    Optional.ofNullable(texts.byKey().get(TextFiles.CLIENTS)), dealtTo);
        }

        List<String> words() {
            List<String> words = new ArrayList<>(List.of(method.label()));
            words.addAll(point.labels().values());
            words.add(part);
            words.add("seed" + seed);
            return words;
        }
    }

    private final ExperimentFile file;
    private final Model model;
    private final SettingsTree base;
    private final Map<Path, String> textHashes;
    private final CellIds ids;
    private final BiFunction<RunSpec, DealtText, Texts> lengths;

    /**
     * @param base that all cells start from, with what the file sets
     * @param textHashes SHA-256 of every text file that some cell names
     * @param before ids by key, of an earlier start
     * @param lengths of a run's text; asked only where a budget is held equal
     */
    Planning(ExperimentFile file, Model model, SettingsTree base, Map<Path, String> textHashes,
            Map<String, String> before, BiFunction<RunSpec, DealtText, Texts> lengths) {
        this.file = file;
        this.model = model;
        this.base = base;
        this.textHashes = Map.copyOf(textHashes);
        this.ids = new CellIds(before);
        this.lengths = lengths;
    }

    /** @throws UserError naming file and key of a setting that is unknown or of the wrong type */
    List<PlannedCell> cells() {
        List<Draft> drafts = drafts();
        drafts.forEach(draft -> ids.recall(draft.key(), draft.run()));
        return drafts.stream().map(this::named).toList();
    }

    private List<Draft> drafts() {
        List<Draft> drafts = new ArrayList<>();
        for (long seed : file.seeds()) {
            for (Axis.Point point : Axis.points(file.axes())) {
                Map<String, String> set = new LinkedHashMap<>(point.settings());
                set.put("seed", Long.toString(seed));
                RunSettings settings = RunSettings.of(tree(set));
                for (Method method : file.methods()) {
                    for (String part : method.parts(settings)) {
                        drafts.add(draft(method, point, seed, part, set, settings));
                    }
                }
            }
        }
        return drafts;
    }

    private PlannedCell named(Draft draft) {
        String id = ids.of(draft.key(), draft.run(), draft.words());
        return new PlannedCell(new Cell(id, draft.method().label(), draft.point().labels(), draft.seed(), draft.part(),
                draft.set()), draft.key(), draft.spec().map(one -> RunSpec.newBuilder(one).setRunId(id).build()),
                draft.settings(), draft.texts(), draft.dealtTo(), draft.problem());
    }

    private SettingsTree tree(Map<String, String> set) {
        Map<String, String> keys = new LinkedHashMap<>(set);
        keys.keySet().removeAll(TextFiles.KEYS);
        return base.with(keys);
    }

    private Draft draft(Method method, Axis.Point point, long seed, String part, Map<String, String> atPoint,
            RunSettings settingsAtPoint) {
        Map<String, String> set = new LinkedHashMap<>(atPoint);
        List<String> dealtTo = method.dealtTo(settingsAtPoint);
        TextFiles texts = texts(set);
        String problem = "";
        Optional<RunSpec> spec = Optional.empty();
        RunSettings settings = settingsAtPoint;
        try {
            set.putAll(method.over(settingsAtPoint));
            set.putAll(method.ofPart(part));
            set.putAll(balance(method, settingsAtPoint, set, texts));
            settings = RunSettings.of(tree(set));
            RunSpec possible = spec(settings, texts);
            problem = SpecCheck.refusal(possible).orElse("");
            spec = problem.isEmpty() ? Optional.of(possible) : Optional.empty();
        } catch (UserError e) {
            problem = e.getMessage();
        }
        return new Draft(method, point, seed, part, set, settings, spec, problem, texts, dealtTo,
                key(set, texts, dealtTo));
    }

    /**
     * What brings a row to the reference row's budget.
     *
     * @throws UserError if the row or the reference cannot be had at this point
     */
    private Map<String, String> balance(Method method, RunSettings point, Map<String, String> set, TextFiles texts) {
        return file.budget().filter(budget -> method != Method.FEDBIOT).map(budget -> budget.apply(
                priced(point, point, texts), priced(RunSettings.of(tree(set)), point, texts),
                method.parts(point).size()).changes()).orElse(Map.of());
    }

    private PricedRun priced(RunSettings settings, RunSettings point, TextFiles texts) {
        RunSpec spec = spec(settings, texts);
        SpecCheck.refusal(spec).ifPresent(refusal -> {
            throw new UserError(refusal);
        });
        return new PricedRun(spec, model.config(),
                lengths.apply(spec, texts.dealt(settings, point.federation().getClients())));
    }

    private TextFiles texts(Map<String, String> set) {
        Map<String, Path> byKey = new HashMap<>();
        for (String key : TextFiles.KEYS) {
            Optional.ofNullable(set.getOrDefault(key, file.texts().get(key)))
                    .ifPresent(path -> byKey.put(key, file.resolve(path)));
        }
        return new TextFiles(byKey);
    }

    /** @throws UserError if the model cannot be cut so, or cannot read texts of that length */
    private RunSpec spec(RunSettings settings, TextFiles texts) {
        RunPlan.requireContext(settings.text(), model.config());
        ModelSpec facts = ModelSpec.newBuilder(RunPlan.model(model.config(), model.name(), settings.split()))
                .setLocation(model.location().toAbsolutePath().toString()).setSha256(model.sha256()).build();
        return RunPlan.spec("cell", settings, facts, RunPlan.split(settings.split(), model.config().layers()),
                texts.server(settings));
    }

    private String key(Map<String, String> set, TextFiles texts, List<String> dealtTo) {
        Map<String, Object> all = new TreeMap<>();
        all.put("model", model.sha256());
        Map<String, String> hashes = new TreeMap<>();
        texts.byKey().forEach((key, path) -> hashes.put(key, textHashes.get(path)));
        all.put("texts", hashes);
        all.put("dealtTo", dealtTo);
        try {
            all.put("settings", SORTED.treeToValue(tree(set).root(), Object.class));
            return Sha256.of(SORTED.writeValueAsString(all).getBytes(StandardCharsets.UTF_8));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("settings cannot be written as JSON: " + all, e);
        }
    }
}
