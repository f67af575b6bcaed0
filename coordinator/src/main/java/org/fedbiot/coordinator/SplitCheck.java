package org.fedbiot.coordinator;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.fedbiot.schemas.event.DataType;
import org.fedbiot.schemas.event.ModelSpec;
import org.fedbiot.schemas.event.SplitSpec;

/** Whether a split is one of this model (fedbiot-method 1.1). Which teacher layers are kept is not checked here. */
final class SplitCheck {

    private static final int LEAST_KEPT = 2;

    private SplitCheck() {
    }

    static void check(Problems problems, ModelSpec model, SplitSpec split) {
        model(problems, model);
        int layers = model.getLayers();
        int front = split.getFrontAdapterLayers();
        int back = split.getBackAdapterLayers();
        problems.atLeast("split.frontAdapterLayers", front, 0)
                .atLeast("split.backAdapterLayers", back, 0)
                .unless((long) front + back >= 1, "split.backAdapterLayers", "no adapter layer at all")
                .unless((long) front + back <= (long) layers - LEAST_KEPT, "split.backAdapterLayers",
                        "an adapter of " + front + " and " + back + " layers leaves fewer than " + LEAST_KEPT
                                + " of " + layers + " to the emulator")
                .fraction("split.dropRate", split.getDropRate())
                .unless(split.getAdapterLayers().size() + (long) split.getTeacherLayers().size() == layers,
                        "split.teacherLayers", "with split.adapterLayers these are "
                                + (split.getAdapterLayers().size() + (long) split.getTeacherLayers().size())
                                + " layers, model.layers is " + layers);
        if (problems.none()) {
            layers(problems, layers, split);
        }
    }

    private static void model(Problems problems, ModelSpec model) {
        problems.present("model.name", model.getName())
                .present("model.location", model.getLocation())
                .unless(model.getSha256().matches("[0-9a-f]{64}"), "model.sha256",
                        "'" + model.getSha256() + "' is not 64 lower-case hex digits")
                .unless(model.getDataType() != DataType.UNKNOWN, "model.dataType", "is not FLOAT32 or BFLOAT16")
                .atLeast("model.layers", model.getLayers(), LEAST_KEPT + 1)
                .atLeast("model.layerParameters", model.getLayerParameters(), 1)
                .atLeast("model.otherParameters", model.getOtherParameters(), 0);
    }

    private static void layers(Problems problems, int layers, SplitSpec split) {
        int teacherEnd = layers - split.getBackAdapterLayers();
        List<Integer> teacher = IntStream.range(split.getFrontAdapterLayers(), teacherEnd).boxed().toList();
        List<Integer> adapter = new ArrayList<>();
        IntStream.range(0, split.getFrontAdapterLayers()).forEach(adapter::add);
        IntStream.range(teacherEnd, layers).forEach(adapter::add);
        List<Integer> kept = split.getKeptLayers();
        problems.unless(split.getTeacherLayers().equals(teacher), "split.teacherLayers",
                        split.getTeacherLayers() + " are not the layers between the adapter's, " + teacher)
                .unless(split.getAdapterLayers().equals(adapter), "split.adapterLayers",
                        split.getAdapterLayers() + " are not the outer layers " + adapter)
                .unless(kept.size() >= LEAST_KEPT, "split.keptLayers", kept + " are fewer than " + LEAST_KEPT
                        + "; lower split.dropRate or take a smaller adapter")
                .unless(kept.equals(kept.stream().distinct().sorted().toList()), "split.keptLayers",
                        kept + " are not ascending")
                .unless(teacher.containsAll(kept), "split.keptLayers", kept + " are not all teacher layers, "
                        + teacher);
    }
}
