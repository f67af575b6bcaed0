package org.fedbiot.cli.exposure;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** An audit's result as lines for people. */
final class ExposureTable {

    private ExposureTable() {
    }

    static List<String> lines(ExposureResult result) {
        ExposureReport exposure = result.exposure();
        List<String> lines = new ArrayList<>();
        lines.add("base model " + exposure.modelSha256() + ", read as " + result.principal());
        runs(lines, exposure);
        layers(lines, exposure);
        factors(lines, exposure);
        topics(lines, result);
        lines.add("");
        lines.add(verdict(result));
        return lines;
    }

    private static void runs(List<String> lines, ExposureReport exposure) {
        lines.add("");
        lines.add(String.format("%-36s %-9s %s", "run on this base model", "type", "layers"));
        for (ExposureReport.Run run : exposure.runs()) {
            lines.add(String.format("%-36s %-9s emulator %s, adapter %s", run.runId(), run.dataType(),
                    run.emulatorLayers(), run.adapterLayers()));
        }
    }

    private static void layers(List<String> lines, ExposureReport exposure) {
        lines.add("");
        lines.add(String.format("%-26s %-18s %14s %16s %16s", "part of the model", "what it is", "parameters", "held",
                "original"));
        for (ExposureReport.Layer layer : exposure.layers()) {
            lines.add(part("layer " + layer.layer(),
                    layer.roles().isEmpty() ? "dropped" : String.join(", ", layer.roles()), layer.parameters()));
        }
        lines.add(part("embedding, norm and head", "", exposure.rest()));
        lines.add(part("all", "", exposure.whole()));
        if (exposure.model() == null) {
            lines.add("held only: with --model, the owner sees which of it are the original weights");
        }
        if (!exposure.changed().isEmpty()) {
            lines.add("not the model's own bytes: " + String.join(", ", exposure.changed()));
        }
        if (exposure.unnamed().chunks() > 0) {
            lines.add(String.format(Locale.ROOT, "%d chunks, %,d bytes, are named by no manifest%s",
                    exposure.unnamed().chunks(), exposure.unnamed().bytes(),
                    exposure.model() == null ? "; give --model to see whether they are weights" : ""));
        }
    }

    private static String part(String name, String role, ExposureReport.Part part) {
        return String.format(Locale.ROOT, "%-26s %-18s %,14d %16s %16s", name, role, part.total(),
                share(part.held(), part.total()),
                part.original() == null ? "-" : share(part.original(), part.total()));
    }

    private static String share(long parameters, long total) {
        if (parameters == 0) {
            return "none";
        }
        return parameters == total ? "100 %" : String.format(Locale.ROOT, "%.4f %%", 100.0 * parameters / total);
    }

    /** Factors are no base weights; what follows from both together is said and not counted. */
    private static void factors(List<String> lines, ExposureReport exposure) {
        lines.add("");
        for (ExposureReport.Run run : exposure.runs()) {
            lines.add("run " + run.runId() + ": LoRA factors of " + run.adapterVersions() + " adapter and "
                    + run.emulatorVersions() + " emulator versions. They are no base weights and not in the count;"
                    + " with the held layers they give tuned layers " + run.adapterLayers()
                    + " and an emulator that imitates the dropped ones");
        }
    }

    private static void topics(List<String> lines, ExposureResult result) {
        lines.add("");
        lines.add(String.format("%-36s %-11s %-8s %9s %14s", "topic", "for clients", "outcome", "records", "bytes"));
        for (ExposureResult.Access topic : result.topics()) {
            lines.add(String.format(Locale.ROOT, "%-36s %-11s %-8s %9d %,14d%s", topic.topic(),
                    topic.forClients() ? "yes" : "no", topic.outcome(), topic.records(), topic.bytes(),
                    (topic.unusable() > 0 ? "  " + topic.unusable() + " records are none of our events" : "")
                            + (topic.trimmed() ? "  begins later than its first record" : "")));
        }
        if (!result.otherTopics().isEmpty()) {
            lines.add("seen beside these, and not read: " + String.join(", ", result.otherTopics()));
        }
    }

    private static String verdict(ExposureResult result) {
        List<String> breaches = result.topics().stream()
                .filter(topic -> topic.outcome().equals("read") && !topic.forClients())
                .map(ExposureResult.Access::topic).toList();
        if (result.exposure().isEveryLayerKnown()) {
            return "NOT SOUND: every layer of the model can be read";
        }
        return breaches.isEmpty() ? "sound: nothing was read but what clients may read, and not every layer of the model"
                : "NOT SOUND: " + breaches.size() + " topics were read that no client may read; give a client's own"
                        + " credentials, and see that the cluster checks them: " + String.join(", ", breaches);
    }
}
