package org.fedbiot.cli.exposure;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.fedbiot.cli.UserError;
import org.fedbiot.learning.method.CompressedModel;
import org.fedbiot.learning.method.LayerSplit;
import org.fedbiot.learning.model.LlamaWeights;
import org.fedbiot.schemas.event.BasePublished;
import org.fedbiot.schemas.event.ChunkRef;
import org.fedbiot.schemas.event.TensorRef;
import org.fedbiot.worker.MethodOptions;

/**
 * Counts what was read of one base model, over all runs on it. "Held" is what manifests place and payloads bear out;
 * "original" is what has the bytes of the owner's model, found by hash wherever it lay. A chunk that repeats in the
 * model counts where a manifest places it, and everywhere if none does.
 */
final class ExposureAudit {

    private final Readings readings;
    private final List<BasePublished> bases;
    private final Map<String, Long> sizes = new HashMap<>();
    private final Map<String, ElementRanges> held = new HashMap<>();
    private final Map<String, ElementRanges> original = new HashMap<>();
    private final Map<String, Set<Piece>> placed = new HashMap<>();
    private final Set<String> named = new HashSet<>();
    private final Set<String> changed = new TreeSet<>();

    private ExposureAudit(Readings readings, List<BasePublished> bases) {
        this.readings = readings;
        this.bases = bases;
    }

    /**
     * @param runId a run on the base model that is asked about
     * @param model with which what went out is compared
     * @throws UserError if nothing of the run was read, or the model is another one
     */
    static ExposureReport of(Readings readings, String runId, Optional<OwnersModel> model) {
        String sha256 = readings.bases().stream().filter(base -> base.getRunId().equals(runId))
                .map(BasePublished::getModelSha256).findFirst()
                .orElseThrow(() -> new UserError("run " + runId + ": no base model of it can be read with these"
                        + " credentials; those that can are of the runs "
                        + new TreeSet<>(readings.bases().stream().map(BasePublished::getRunId).toList())));
        model.filter(given -> !given.sha256().equals(sha256)).ifPresent(given -> {
            throw new UserError("--model " + given.location() + " has sha256 " + given.sha256() + ", run " + runId
                    + " is on the base model " + sha256);
        });
        ExposureAudit audit = new ExposureAudit(readings,
                readings.bases().stream().filter(base -> base.getModelSha256().equals(sha256)).toList());
        audit.bases.forEach(audit::place);
        readings.bases().forEach(audit::name);
        model.ifPresent(audit::compare);
        return audit.report(runId, sha256, model);
    }

    private void name(BasePublished base) {
        base.getTensors().forEach(tensor -> tensor.getChunks().forEach(chunk -> named.add(chunk.getSha256())));
        base.getFiles().forEach(file -> file.getChunks().forEach(chunk -> named.add(chunk.getSha256())));
    }

    private void place(BasePublished base) {
        LayerSplit split = split(base);
        for (TensorRef tensor : base.getTensors()) {
            String name = fullName(base, tensor, split);
            int elementBytes = MethodOptions.baseType(tensor.getDataType()).bytes();
            long size = tensor.getShape().stream().reduce(1L, Math::multiplyExact);
            sizes.put(name, size);
            long start = 0;
            for (ChunkRef chunk : tensor.getChunks()) {
                long end = Math.min(size, start + chunk.getBytes() / elementBytes);
                placed.computeIfAbsent(chunk.getSha256(), hash -> new HashSet<>()).add(new Piece(name, start, end));
                if (readings.hasChunk(chunk.getSha256())) {
                    ranges(held, name).add(start, end);
                }
                start = end;
            }
        }
    }

    private void compare(OwnersModel model) {
        for (String sha256 : readings.chunks().keySet()) {
            Set<Piece> found = model.find(sha256);
            Set<Piece> claimed = placed.getOrDefault(sha256, Set.of());
            Set<Piece> agreed = new HashSet<>(found);
            agreed.retainAll(claimed);
            (agreed.isEmpty() ? found : agreed)
                    .forEach(piece -> ranges(original, piece.tensor()).add(piece.start(), piece.end()));
            if (agreed.isEmpty()) {
                claimed.forEach(piece -> changed.add(piece.tensor()));
            }
        }
    }

    private ExposureReport report(String runId, String sha256, Optional<OwnersModel> model) {
        BasePublished first = bases.get(0);
        long total = first.getTotalParameters();
        long ofLayer = sizes.entrySet().stream()
                .filter(tensor -> LlamaWeights.layerOf(tensor.getKey()).equals(OptionalInt.of(anyHeldLayer())))
                .mapToLong(Map.Entry::getValue).sum();
        int layers = split(first).layers();
        List<ExposureReport.Layer> rows = IntStream.range(0, layers)
                .mapToObj(layer -> new ExposureReport.Layer(layer, roles(layer),
                        part(ofLayer, OptionalInt.of(layer), model))).toList();
        return new ExposureReport(runId, sha256, model.map(known -> known.location().toString()).orElse(null),
                bases.stream().map(this::run).distinct().toList(), rows,
                part(total - layers * ofLayer, OptionalInt.empty(), model),
                new ExposureReport.Part(total, sum(held), model.isPresent() ? sum(original) : null),
                List.copyOf(changed), unnamed());
    }

    private int anyHeldLayer() {
        return split(bases.get(0)).heldLayers().get(0);
    }

    private ExposureReport.Part part(long parameters, OptionalInt layer, Optional<OwnersModel> model) {
        return new ExposureReport.Part(parameters, count(held, layer),
                model.isPresent() ? count(original, layer) : null);
    }

    private ExposureReport.Run run(BasePublished base) {
        return new ExposureReport.Run(base.getRunId(), base.getSplit().getKeptLayers(),
                base.getSplit().getAdapterLayers(), base.getDataType().name(),
                readings.adapterVersions(base.getRunId()).size(), readings.emulatorVersions(base.getRunId()).size());
    }

    /** What the layer is to the runs on this base model; empty if it is dropped in all of them. */
    private List<String> roles(int layer) {
        Set<String> roles = new TreeSet<>();
        for (BasePublished base : bases) {
            if (base.getSplit().getAdapterLayers().contains(layer)) {
                roles.add("adapter");
            } else if (base.getSplit().getKeptLayers().contains(layer)) {
                roles.add("emulator");
            }
        }
        return List.copyOf(roles);
    }

    /** Chunks that no manifest of a base or an emulator version names. */
    private ExposureReport.Unnamed unnamed() {
        Map<String, Integer> rest = new HashMap<>(readings.chunks());
        rest.keySet().removeAll(named);
        rest.keySet().removeAll(readings.factorChunks());
        return new ExposureReport.Unnamed(rest.size(), rest.values().stream().mapToLong(Integer::longValue).sum());
    }

    private static String fullName(BasePublished base, TensorRef tensor, LayerSplit split) {
        try {
            return CompressedModel.fullName(tensor.getName(), split);
        } catch (IndexOutOfBoundsException e) {
            throw new UserError("run " + base.getRunId() + ": its base manifest names " + tensor.getName()
                    + ", its split holds the layers " + split.heldLayers(), e);
        }
    }

    private static LayerSplit split(BasePublished base) {
        try {
            return MethodOptions.split(base.getSplit());
        } catch (IllegalArgumentException e) {
            throw new UserError("run " + base.getRunId() + ": the split in its base manifest is none: "
                    + e.getMessage(), e);
        }
    }

    private static ElementRanges ranges(Map<String, ElementRanges> known, String tensor) {
        return known.computeIfAbsent(tensor, name -> new ElementRanges());
    }

    private static long count(Map<String, ElementRanges> known, OptionalInt layer) {
        return known.entrySet().stream().filter(tensor -> LlamaWeights.layerOf(tensor.getKey()).equals(layer))
                .mapToLong(tensor -> tensor.getValue().elements()).sum();
    }

    private static long sum(Map<String, ElementRanges> known) {
        return known.values().stream().mapToLong(ElementRanges::elements).sum();
    }
}
