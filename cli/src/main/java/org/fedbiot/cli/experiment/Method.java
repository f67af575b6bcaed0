package org.fedbiot.cli.experiment;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.fedbiot.cli.UserError;
import org.fedbiot.cli.settings.RunSettings;

/**
 * A row of an experiment: what it sets over the settings of a point. One engine runs them all; a method is nothing but
 * these keys, and, where it says so, whose text is dealt to whom.
 */
public enum Method {
    /** The settings as they are: the row that the others are held against. */
    FEDBIOT {
        @Override
        Map<String, String> over(RunSettings point) {
            return Map.of();
        }
    },
    /** What distillation does: the emulator stays as layer dropout left it. */
    NO_ALIGNMENT {
        @Override
        Map<String, String> over(RunSettings point) {
            return WITHOUT_ALIGNMENT;
        }
    },
    /** What re-alignment in the rounds does, beyond the alignment before the first. */
    ALIGN_ONCE {
        @Override
        Map<String, String> over(RunSettings point) {
            return Map.of("alignment.steps", "0");
        }
    },
    /** What holding clients near the broadcast adapter does. The settings name the weight that the other rows have. */
    NO_PROXIMAL {
        @Override
        Map<String, String> over(RunSettings point) {
            return WITHOUT_PROXIMAL;
        }
    },
    /** What the adapter's place does: as many layers, half of them at the input end, and all else as it is. */
    FRONT_BACK {
        @Override
        Map<String, String> over(RunSettings point) {
            return halves(point);
        }
    },
    /** Federated Offsite-tuning: the adapter at both ends, no distillation, no proximal term. */
    FEDOT {
        @Override
        Map<String, String> over(RunSettings point) {
            return joined(halves(point), WITHOUT_ALIGNMENT, WITHOUT_PROXIMAL);
        }
    },
    /**
     * Offsite-tuning: FedOT with one client that has all clients' text. It takes as many steps in a round as all called
     * clients together.
     */
    OFFSITE_TUNING {
        @Override
        Map<String, String> over(RunSettings point) {
            int perRound = point.federation().getClientsPerRound();
            int called = perRound == 0 ? point.federation().getClients().size() : perRound;
            int steps = Math.multiplyExact(called, point.training().getSteps());
            return joined(FEDOT.over(point), alone(POOLED), Map.of("training.steps", Integer.toString(steps)));
        }

        @Override
        List<String> dealtTo(RunSettings point) {
            return List.of(POOLED);
        }
    },
    /**
     * The ceiling, FedAvg with the same LoRA in the full model: nothing is dropped, so that there is nothing to align
     * and clients see all of the model; and no proximal term.
     */
    FEDAVG_FULL {
        @Override
        Map<String, String> over(RunSettings point) {
            return joined(WITHOUT_ALIGNMENT, WITHOUT_PROXIMAL,
                    Map.of("split.dropRate", "0", "exposure.allowAll", "true"));
        }
    },
    /**
     * What federation does: each client has its own run with the text that it has among all, and nobody's updates but
     * its own. The row is the mean over clients.
     */
    LOCAL_ONLY {
        @Override
        List<String> parts(RunSettings point) {
            return point.federation().getClients();
        }

        @Override
        Map<String, String> over(RunSettings point) {
            return Map.of("federation.clientsPerRound", "0");
        }

        @Override
        Map<String, String> ofPart(String part) {
            return alone(part);
        }
    };

    private static final String POOLED = "pooled";

    private static final Map<String, String> WITHOUT_ALIGNMENT =
            Map.of("alignment.preSteps", "0", "alignment.steps", "0");
    private static final Map<String, String> WITHOUT_PROXIMAL = Map.of("training.proximalWeight", "0");

    /** As in an experiment's file and in its results. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    public static Optional<Method> of(String label) {
        return Arrays.stream(values()).filter(method -> method.label().equals(label)).findFirst();
    }

    static List<String> labels() {
        return Arrays.stream(values()).map(Method::label).toList();
    }

    /**
     * Keys that are set over a point's settings.
     *
     * @throws UserError if the method cannot be had at this point
     */
    abstract Map<String, String> over(RunSettings point);

    /** The runs that make up the row at a point and seed: clients' ids, or one without a name. */
    List<String> parts(RunSettings point) {
        return List.of("");
    }

    /** Keys that are set for one part, over the others. */
    Map<String, String> ofPart(String part) {
        return Map.of();
    }

    /** Whom all private text is dealt to; a part takes its share only. */
    List<String> dealtTo(RunSettings point) {
        return point.federation().getClients();
    }

    private static Map<String, String> alone(String client) {
        return Map.of("federation.clients", "[" + client + "]", "federation.clientsPerRound", "0",
                "federation.quorum", "1");
    }

    private static Map<String, String> halves(RunSettings point) {
        int layers = point.split().frontAdapterLayers() + point.split().backAdapterLayers();
        if (layers < 2) {
            throw new UserError("split.backAdapterLayers: an adapter of " + layers + " layer has no half at the front");
        }
        int front = layers / 2;
        return Map.of("split.frontAdapterLayers", Integer.toString(front),
                "split.backAdapterLayers", Integer.toString(layers - front));
    }

    @SafeVarargs
    private static Map<String, String> joined(Map<String, String>... settings) {
        Map<String, String> all = new LinkedHashMap<>();
        for (Map<String, String> some : settings) {
            all.putAll(some);
        }
        return all;
    }
}
