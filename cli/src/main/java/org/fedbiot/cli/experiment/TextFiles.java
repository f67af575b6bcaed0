package org.fedbiot.cli.experiment;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.fedbiot.cli.UserError;
import org.fedbiot.cli.settings.RunSettings;
import org.fedbiot.cli.simulation.DealtText;
import org.fedbiot.learning.data.generated.GeneratedLocation;
import org.fedbiot.learning.data.generated.PublicText;
import org.fedbiot.schemas.event.ServerData;
import org.fedbiot.worker.client.ClientData;

/**
 * Where a cell's text comes from: three files, or, where none is named, text of this project's own making, which is a
 * function of the settings and the seed.
 *
 * @param byKey absolute, by the experiment file's key
 */
record TextFiles(Map<String, Path> byKey) {

    static final String CLIENTS = "clientsData";
    static final String EVALUATION = "evaluationData";
    static final String PUBLIC = "publicData";
    static final List<String> KEYS = List.of(CLIENTS, EVALUATION, PUBLIC);

    /** @throws UserError if some but not all files are named, or the model needs text and none is */
    TextFiles {
        byKey = Map.copyOf(byKey);
        if (!byKey.isEmpty() && byKey.size() < KEYS.size()) {
            throw new UserError(String.join(", ", KEYS) + " go together; named: "
                    + String.join(", ", byKey.keySet().stream().sorted().toList()));
        }
    }

    boolean isGenerated() {
        return byKey.isEmpty();
    }

    /**
     * Where the model owner's text lies.
     *
     * @throws UserError if files are named and a kind of generated public text too
     */
    ServerData server(RunSettings settings) {
        PublicText kind = settings.data().publicText();
        if (!isGenerated() && kind != PublicText.GENERAL) {
            throw new UserError("data.publicText: " + kind.label() + " is generated text, and " + PUBLIC
                    + " names a file; name one of them");
        }
        return ServerData.newBuilder()
                .setPublicLocation(isGenerated() ? GeneratedLocation.of(kind) : byKey.get(PUBLIC).toString())
                .setEvaluationLocation(isGenerated() ? GeneratedLocation.of(settings.data().task())
                        : byKey.get(EVALUATION).toString())
                .setPartition(settings.data().partition())
                .setPartitionAlpha(settings.data().partitionAlpha())
                .build();
    }

    /**
     * How private text is dealt.
     *
     * @param clients whom it is dealt to; not all of them need take part in the run
     */
    DealtText dealt(RunSettings settings, List<String> clients) {
        return new DealtText(Optional.ofNullable(byKey.get(CLIENTS)).map(Path::toString).orElse(null),
                String.valueOf(settings.data().task()), settings.data().partition(), settings.data().partitionAlpha(),
                settings.seed(), clients);
    }

    /** The text of those who take part. */
    static Map<String, ClientData> of(DealtText dealt, List<String> clients) {
        Map<String, ClientData> text = new TreeMap<>(dealt.again());
        text.keySet().retainAll(clients);
        return text;
    }
}
