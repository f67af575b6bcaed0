package org.fedbiot.cli.archive;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.fedbiot.cli.cluster.DecisionHistory;
import org.fedbiot.coordinator.CoordinatorState;
import org.fedbiot.schemas.event.AggregationSettings;
import org.fedbiot.schemas.event.VersionReplayed;
import org.junit.jupiter.api.Test;

class WhatIfVersionsTest {

    private static final VersionReplayed FIRST = version(1, "first");
    private static final VersionReplayed SECOND = version(2, "second");

    @Test
    void shouldKnowWhatARestoreLeftThatWasBrokenOff() {
        WhatIfVersions there = new WhatIfVersions("what-if", List.of(FIRST));

        assertThat(there.isPartOf(List.of(FIRST, SECOND))).isTrue();
        assertThat(there.isPartOf(List.of(FIRST))).isFalse();
        assertThat(there.isPartOf(List.of(version(1, "another"), SECOND))).isFalse();
    }

    @Test
    void shouldSumUpAnAnswerWhoseOriginTheClusterDoesNotKnow() {
        DecisionHistory history = new DecisionHistory(CoordinatorState.initial(), Map.of(), Map.of());

        assertThat(new WhatIfVersions("what-if", List.of(FIRST, SECOND)).summary(history)).isEqualTo(
                new ArchiveManifest.Summary("what-if", "origin", null, null, 2, "WHAT_IF", 2, "second"));
    }

    private static VersionReplayed version(int number, String sha256) {
        return VersionReplayed.newBuilder().setRunId("what-if").setOriginRunId("origin").setLabel("")
                .setRound(number).setVersion(number).setBaseSha256("").setWithout(List.of("anna")).setCounted(List.of())
                .setAggregation(AggregationSettings.newBuilder().build()).setSha256(sha256).setElements(4)
                .setShards(List.of()).build();
    }
}
