package org.fedbiot.cli.replay;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.fedbiot.cli.UserError;
import org.fedbiot.cli.settings.SectionChange;
import org.fedbiot.coordinator.SpecCheck;
import org.fedbiot.schemas.event.AggregationSettings;
import org.fedbiot.schemas.event.CountedUpdate;
import picocli.CommandLine.Option;

/** What else is asked of a run's updates. */
final class WhatIfOptions {

    private static final String SECTION = "aggregation.";

    @Option(names = "--without", split = ",", paramLabel = "CLIENT",
            description = "What if these clients had not counted in any round.")
    private List<String> without = List.of();

    @Option(names = "--aggregator", paramLabel = "RULE",
            description = "What if rounds were folded by another rule: mean, median or trimmed-mean.")
    private String aggregator;

    @Option(names = "--weights", paramLabel = "WEIGHTS",
            description = "What if updates weighed by dataset, processed or uniform.")
    private String weights;

    @Option(names = "--server-optimiser", paramLabel = "OPTIMISER",
            description = "What if the server took its steps by none, momentum or fed-adam.")
    private String serverOptimiser;

    @Option(names = "--set", paramLabel = "aggregation.KEY=VALUE",
            description = "What if another key of the run's aggregation were this.")
    private Map<String, String> set = new LinkedHashMap<>();

    @Option(names = "--run-id", paramLabel = "ID", description = "Run id of the what-if's versions; the default"
            + " follows from the question, so that asking again finds them.")
    private String runId;

    boolean isAsked() {
        return !without.isEmpty() || aggregator != null || weights != null || serverOptimiser != null
                || !set.isEmpty();
    }

    /**
     * The question, put to a run.
     *
     * @return empty if nothing is asked
     * @throws UserError if it names a client or a key that is not there, or asks for what was done
     */
    Optional<WhatIf> question(RunHistory history) {
        if (!isAsked()) {
            if (runId != null) {
                throw new UserError("--run-id is for a what-if: ask one with --without, --aggregator, --weights,"
                        + " --server-optimiser or --set");
            }
            return Optional.empty();
        }
        String origin = history.spec().getRunId();
        AggregationSettings recorded = history.spec().getAggregation();
        AggregationSettings aggregation = SectionChange.with(recorded, "aggregation", changes());
        if (aggregation.getShardBytes() != recorded.getShardBytes()) {
            throw new UserError("--set aggregation.shardBytes: the run's updates are cut into shards of "
                    + recorded.getShardBytes() + " bytes, and stay so");
        }
        if (aggregation.getUpdateCodec() != recorded.getUpdateCodec()) {
            throw new UserError("--set aggregation.updateCodec: the run's updates are encoded as "
                    + recorded.getUpdateCodec() + ", and stay so");
        }
        SpecCheck.refusal(aggregation).ifPresent(refusal -> {
            throw new UserError("no round can be folded by what is asked: " + refusal);
        });
        SortedSet<String> leftOut = new TreeSet<>(without);
        for (String client : leftOut) {
            if (history.rounds().stream().noneMatch(round -> counts(round, client))) {
                throw new UserError("--without " + client + ": no round of run " + origin + " counts an update of it");
            }
        }
        if (leftOut.isEmpty() && aggregation.equals(recorded)) {
            throw new UserError("what is asked is what run " + origin + " did: " + recorded);
        }
        return Optional.of(runId == null ? WhatIf.of(history.spec(), aggregation, leftOut)
                : WhatIf.of(history.spec(), aggregation, leftOut).named(runId));
    }

    private static boolean counts(RoundHistory round, String client) {
        return round.closed().event().getCounted().stream().map(CountedUpdate::getClientId).anyMatch(client::equals);
    }

    private Map<String, String> changes() {
        Map<String, String> changes = new LinkedHashMap<>();
        set.forEach((key, value) -> {
            if (!key.startsWith(SECTION)) {
                throw new UserError("--set " + key + ": only keys of aggregation can be asked about; anything else"
                        + " would need the clients to train again");
            }
            changes.put(key.substring(SECTION.length()), value);
        });
        symbol(changes, "rule", aggregator);
        symbol(changes, "weights", weights);
        symbol(changes, "serverOptimiser", serverOptimiser);
        return changes;
    }

    /** Options are written with hyphens, symbols with underscores. */
    private static void symbol(Map<String, String> changes, String key, String value) {
        if (value != null) {
            changes.put(key, value.replace('-', '_'));
        }
    }
}
