package org.fedbiot.cli.archive;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.apache.avro.specific.SpecificRecord;
import org.fedbiot.cli.UserError;
import org.fedbiot.cli.cluster.DecisionHistory;
import org.fedbiot.coordinator.Phase;
import org.fedbiot.coordinator.Run;
import org.fedbiot.schemas.client.KafkaSettings;
import org.fedbiot.schemas.event.ModelSpec;
import org.fedbiot.schemas.event.VersionReplayed;
import org.fedbiot.schemas.topic.Topics;

/**
 * The answer to a what-if as the log has it, under a run id of its own: nothing was decided of it, and its versions are
 * all that there is.
 *
 * @param versions in order; none if the id is that of no what-if
 */
record WhatIfVersions(String runId, List<VersionReplayed> versions) {

    /** In the place of an outcome, where an archive says what became of its run. */
    private static final String OUTCOME = "WHAT_IF";

    WhatIfVersions {
        versions = List.copyOf(versions);
    }

    static WhatIfVersions read(KafkaSettings kafka, String runId) throws IOException {
        List<VersionReplayed> versions = new ArrayList<>();
        try (RawTopics topics = new RawTopics(kafka)) {
            topics.read(Topics.REPLAY_VERSION, topics.ends(Topics.REPLAY_VERSION), (partition, at, event) -> {
                if (event.isPresent() && event.get().event() instanceof VersionReplayed version
                        && version.getRunId().equals(runId)) {
                    versions.add(version);
                }
            });
        }
        versions.sort(Comparator.comparingInt(VersionReplayed::getVersion));
        return new WhatIfVersions(runId, versions);
    }

    boolean isEmpty() {
        return versions.isEmpty();
    }

    /** Whether they are some of the archived ones and not all, as a restore that was broken off leaves them. */
    boolean isPartOf(Collection<? extends SpecificRecord> archived) {
        return archived.containsAll(versions) && !versions.containsAll(archived);
    }

    /** @throws UserError if the origin has ended with a later version, so that the answer was cut off */
    ArchiveManifest.Summary summary(DecisionHistory history) {
        VersionReplayed last = versions.get(versions.size() - 1);
        Optional<Run> origin = history.state().run(last.getOriginRunId());
        origin.flatMap(run -> run.in(Phase.Ended.class)).map(phase -> phase.ended().getAdapterVersion())
                .filter(version -> version > last.getVersion()).ifPresent(version -> {
                    throw new UserError("run " + runId + ": this what-if has version " + last.getVersion() + " of "
                            + version + "; ask it again, which writes the rest: fedbiot replay "
                            + last.getOriginRunId());
                });
        ModelSpec model = origin.map(run -> run.spec().getModel()).orElse(null);
        return new ArchiveManifest.Summary(runId, last.getOriginRunId(), model == null ? null : model.getName(),
                model == null ? null : model.getSha256(), last.getRound(), OUTCOME, last.getVersion(),
                last.getSha256());
    }
}
